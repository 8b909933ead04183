// Two connections held against each other: what only one has, what differs, what is there twice.

import FormField from "@cloudscape-design/components/form-field";
import { api } from "../../../api/client";
import { asProblem } from "../../../api/problem";
import { ConnectionChoice } from "../../../parts/ConnectionChoice";
import { Empty } from "../../../parts/Empty";
import { Filters } from "../../../parts/Filters";
import { Loading } from "../../../parts/Loading";
import { Trouble } from "../../../parts/Trouble";
import { useFilters } from "../../../parts/useFilters";
import { usePages } from "../../../parts/usePages";
import { EntityChoice } from "../EntityChoice";
import { Views } from "../Views";
import { FieldChoice, isComparable, isKey } from "./FieldChoice";
import { isKind, type Kind } from "./kinds";
import { Outcome } from "./Outcome";

export function Comparison() {
  const filters = useFilters();
  const entity = filters.get("entity") || "customer";
  const here = filters.get("here");
  const there = filters.get("there");
  const isReady = here !== "" && there !== "" && here !== there;
  return (
    <Views
      active="compare"
      title="Data"
      description="Two ERPs side by side, record by record and field by field. Nothing is changed."
    >
      <Filters>
        <FormField label="What">
          <EntityChoice
            value={entity}
            onChoose={(name) => filters.setAll({ entity: name, by: "", kind: "", fields: "" })}
          />
        </FormField>
        <FormField label="Here">
          <ConnectionChoice
            value={here}
            none="A connection"
            onChoose={(name) => filters.setAll({ here: name })}
          />
        </FormField>
        <FormField label="There" errorText={here !== "" && here === there ? "Choose another one" : undefined}>
          <ConnectionChoice
            value={there}
            none="Another connection"
            onChoose={(name) => filters.setAll({ there: name })}
          />
        </FormField>
        <FieldChoice
          entity={entity}
          label="Joined by"
          isOne={isKey}
          usual="The usual fields"
          value={filters.get("by")}
          onChoose={(by) => filters.setAll({ by })}
        />
        <FieldChoice
          entity={entity}
          label="Compared"
          isOne={isComparable}
          usual="Every field"
          value={filters.get("fields")}
          onChoose={(fields) => filters.setAll({ fields })}
        />
      </Filters>
      {isReady ? (
        <Compared
          // Numbers of another question are not shown, not even until the answer is there.
          key={[entity, here, there, filters.get("by"), filters.get("fields")].join(" ")}
          entity={entity}
          two={[here, there]}
        />
      ) : (
        <Empty
          title="Choose two connections"
          hint="Records are joined by what they share in every ERP, such as an organisation number; choose other fields to join by if they share something else."
        />
      )}
    </Views>
  );
}

function Compared({ entity, two }: { entity: string; two: [string, string] }) {
  const filters = useFilters();
  const pages = usePages(filters.key);
  const asked = filters.get("kind");
  const kind: Kind = isKind(asked) ? asked : "differing";
  const by = filters.get("by");
  const query = api.useQuery(
    "get",
    "/data/compare",
    {
      params: {
        query: {
          entity,
          connections: two,
          by: by ? by.split(",") : undefined,
          fields: filters.asked("fields")?.split(","),
          kind,
          cursor: pages.cursor,
          limit: 25,
        },
      },
    },
    { placeholderData: (before) => before, staleTime: 60_000 },
  );
  if (query.error && asProblem(query.error).faults.some((fault) => fault.code === "no_key")) {
    return (
      <Empty
        title="Choose the fields to join by"
        hint="These records have no number that two ERPs share. Join them by fields that together name one, such as a number and a date."
      />
    );
  }
  if (query.error) {
    return <Trouble error={query.error} retry={() => query.refetch()} />;
  }
  if (query.data === undefined) {
    return <Loading what="both sides" />;
  }
  return <Outcome of={query.data} kind={kind} pages={pages} isPending={query.isPlaceholderData} />;
}
