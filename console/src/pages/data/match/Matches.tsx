// Companies that several ERPs have: which records are one, how sure that is, and why. Nothing is merged.

import FormField from "@cloudscape-design/components/form-field";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { api, type Model } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { Filters } from "../../../parts/Filters";
import { Listing } from "../../../parts/Listing";
import { useFilters } from "../../../parts/useFilters";
import { usePages } from "../../../parts/usePages";
import { ConnectionsChoice } from "../ConnectionsChoice";
import { EntityChoice } from "../EntityChoice";
import { Views } from "../Views";
import { columnsOf } from "./columns";

const COMPANIES = ["customer", "supplier"] as const;
const SIZE = 25;

export function Matches() {
  const filters = useFilters();
  const pages = usePages(filters.key);
  const entity = COMPANIES.find((one) => one === filters.get("entity")) ?? "customer";
  const kind = filters.get("kind") === "to_look_at" ? "to_look_at" : "groups";
  const names = filters.get("connections");
  const query = api.useQuery(
    "get",
    "/data/match",
    {
      params: {
        query: {
          entity,
          connections: names ? names.split(",") : undefined,
          kind,
          cursor: pages.cursor,
          limit: SIZE,
        },
      },
    },
    { placeholderData: (before) => before, staleTime: 60_000 },
  );
  return (
    <Views
      active="match"
      title="Data"
      description="One company in several ERPs: found by organisation number, VAT number, then name and address."
    >
      <Filters>
        <FormField label="What">
          <EntityChoice value={entity} among={COMPANIES} onChoose={(name) => filters.set("entity", name)} />
        </FormField>
        <FormField label="Of these connections">
          <ConnectionsChoice
            chosen={names ? names.split(",") : []}
            onChoose={(chosen) => filters.set("connections", chosen.join(","))}
          />
        </FormField>
      </Filters>
      <Listing
        title={kind === "groups" ? "Companies" : "To look at"}
        // The groups are no pairs to look at: what was listed before is not shown as what is asked for.
        query={{ ...query, isPending: query.isPending || query.isPlaceholderData }}
        columns={columnsOf(entity)}
        idOf={(one) => one.records.map((record) => `${record.connection}/${record.source_id}`).join(" ")}
        pages={pages}
        description={query.data && <Counts of={query.data} />}
        filter={
          <SegmentedControl
            label="What is listed"
            selectedId={kind}
            options={[
              { id: "groups", text: `One company (${query.data?.counts.groups ?? 0})` },
              { id: "to_look_at", text: `To look at (${query.data?.counts.to_look_at ?? 0})` },
            ]}
            onChange={({ detail }) =>
              filters.set("kind", detail.selectedId === "groups" ? "" : detail.selectedId)
            }
          />
        }
        empty={
          <Empty
            title={kind === "groups" ? "No two records are one company" : "No pair is in doubt"}
            hint="Companies are found as soon as two connections have records with numbers, names or addresses in common."
          />
        }
      />
    </Views>
  );
}

function Counts({ of }: { of: Model<"MatchPage"> }) {
  const records = Object.entries(of.counts.records).map(([name, count]) => `${count} of ${name}`);
  const doubles = of.counts.groups_with_doubles;
  const more =
    doubles > 0
      ? `; ${doubles} ${doubles === 1 ? "company is" : "companies are"} there twice in one ERP`
      : "";
  return <>{`Among ${records.join(", ") || "no records"}${more}.`}</>;
}
