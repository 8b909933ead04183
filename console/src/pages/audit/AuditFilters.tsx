// Whose doings are shown, of what kind, and of which days.

import DatePicker from "@cloudscape-design/components/date-picker";
import Input from "@cloudscape-design/components/input";
import { ACTIONS } from "../../parts/actions";
import { Choice } from "../../parts/Choice";
import { ConnectionChoice } from "../../parts/ConnectionChoice";
import { Filters } from "../../parts/Filters";
import type { useFilters } from "../../parts/useFilters";
import { useTyped } from "../../parts/useTyped";

const WHOLE_DAY = /^\d{4}-\d{2}-\d{2}$/;

type Chosen = ReturnType<typeof useFilters>;

export function AuditFilters({ filters }: { filters: Chosen }) {
  return (
    <Filters>
      <Who filters={filters} />
      <Choice
        label="Action"
        none="Every action"
        options={ACTIONS}
        value={filters.get("action")}
        onChoose={(action) => filters.set("action", action)}
      />
      <ConnectionChoice
        value={filters.get("connection")}
        onChoose={(name) => filters.set("connection", name)}
      />
      <Day filters={filters} name="since" label="From day" />
      <Day filters={filters} name="until" label="To day" />
    </Filters>
  );
}

// A name is asked for when it is whole: on Enter, or when the field is left.
function Who({ filters }: { filters: Chosen }) {
  const { typed, type, ask } = useTyped(filters.get("who"), (who) => filters.set("who", who));
  const askIfNew = () => {
    if (typed.trim() !== filters.get("who")) {
      ask(typed.trim());
    }
  };
  return (
    <Input
      type="search"
      ariaLabel="Who"
      placeholder="Everybody"
      clearAriaLabel="Everybody"
      value={typed}
      onChange={(event) => {
        type(event.detail.value);
        if (event.detail.value === "") {
          ask("");
        }
      }}
      onKeyDown={(event) => event.detail.key === "Enter" && askIfNew()}
      onBlur={askIfNew}
    />
  );
}

// While a day is typed it is none yet: the API is asked for whole days only.
function Day({ filters, name, label }: { filters: Chosen; name: "since" | "until"; label: string }) {
  const { typed, type, ask } = useTyped(filters.get(name), (day) => filters.set(name, day));
  return (
    <DatePicker
      ariaLabel={`${label} (UTC)`}
      placeholder={`${label}: YYYY/MM/DD`}
      openCalendarAriaLabel={(chosen) => `${label}${chosen ? `, now ${chosen}` : ""}`}
      value={typed}
      onChange={(event) => {
        type(event.detail.value);
        if (event.detail.value === "" || WHOLE_DAY.test(event.detail.value)) {
          ask(event.detail.value);
        }
      }}
    />
  );
}
