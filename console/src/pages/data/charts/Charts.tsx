// Charts over time: records, changes, amounts and hours, by day, week or month.

import DatePicker from "@cloudscape-design/components/date-picker";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { api } from "../../../api/client";
import { Filters } from "../../../parts/Filters";
import { Loading } from "../../../parts/Loading";
import { Trouble } from "../../../parts/Trouble";
import { useFilters } from "../../../parts/useFilters";
import { ConnectionsChoice } from "../ConnectionsChoice";
import { EntityChoice } from "../EntityChoice";
import { titleOf } from "../entities";
import { Views } from "../Views";
import { Drawing } from "./Drawing";
import { CHARTS, type Chart, isChart, PERIODS, type Period } from "./kinds";

const OPTIONS = Object.entries(CHARTS).map(([value, { label }]) => ({ value, label }));
const BY = PERIODS.map((value) => ({ value, label: titleOf(value) }));

export default function Charts() {
  const filters = useFilters();
  const asked = filters.get("chart");
  const chart: Chart = isChart(asked) ? asked : "changes";
  const by: Period = PERIODS.find((one) => one === filters.get("by")) ?? "day";
  const entity = filters.get("entity") || "customer";
  const needsEntity = CHARTS[chart].of === "entity";
  const names = filters.get("connections");
  return (
    <Views
      active="charts"
      title="Data"
      description="How much there is, what changed, and what it comes to, over time."
    >
      <Filters>
        <FormField label="Chart">
          <Select
            ariaLabel="Chart"
            options={OPTIONS}
            selectedOption={OPTIONS.find((one) => one.value === chart) ?? null}
            onChange={({ detail }) => filters.set("chart", detail.selectedOption.value ?? "")}
          />
        </FormField>
        {needsEntity && (
          <FormField label="Of">
            <EntityChoice value={entity} onChoose={(name) => filters.set("entity", name)} />
          </FormField>
        )}
        <FormField label="Connections">
          <ConnectionsChoice
            chosen={names ? names.split(",") : []}
            onChoose={(chosen) => filters.set("connections", chosen.join(","))}
          />
        </FormField>
        <FormField label="By">
          <Select
            ariaLabel="By"
            options={BY}
            selectedOption={BY.find((one) => one.value === by) ?? null}
            onChange={({ detail }) => filters.set("by", detail.selectedOption.value ?? "")}
          />
        </FormField>
        <FormField label="Since">
          <Day value={filters.get("since")} onChoose={(day) => filters.set("since", day)} />
        </FormField>
        <FormField label="Until">
          <Day value={filters.get("until")} onChoose={(day) => filters.set("until", day)} />
        </FormField>
      </Filters>
      <Drawn chart={chart} by={by} entity={needsEntity ? entity : undefined} />
    </Views>
  );
}

function Day({ value, onChoose }: { value: string; onChoose: (day: string) => void }) {
  return (
    <DatePicker
      value={value}
      placeholder="YYYY/MM/DD"
      openCalendarAriaLabel={(chosen) => (chosen ? `Choose a day, ${chosen} is chosen` : "Choose a day")}
      onChange={({ detail }) => onChoose(detail.value)}
    />
  );
}

function Drawn({ chart, by, entity }: { chart: Chart; by: Period; entity: string | undefined }) {
  const filters = useFilters();
  const names = filters.get("connections");
  const query = api.useQuery(
    "get",
    "/data/charts/{chart}",
    {
      params: {
        path: { chart },
        query: {
          by,
          entity,
          connections: names ? names.split(",") : undefined,
          since: filters.asked("since"),
          until: filters.asked("until"),
        },
      },
    },
    { placeholderData: (before) => before },
  );
  if (query.error) {
    return <Trouble error={query.error} retry={() => query.refetch()} />;
  }
  return query.data ? <Drawing of={query.data} /> : <Loading what="the chart" />;
}
