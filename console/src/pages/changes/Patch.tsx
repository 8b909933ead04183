// The suggested patch of the mapping, tried on the records that wait. Nothing is stored by looking.

import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { api, type Model } from "../../api/client";
import type { Fault } from "../../api/problem";
import { Code } from "../../parts/Code";
import { Empty } from "../../parts/Empty";
import { Loading } from "../../parts/Loading";
import { Faults, Trouble } from "../../parts/Trouble";
import { differing } from "./differing";

type Previewed = Model<"PreviewedRecord">;

/** Records that are enough to judge a patch by. */
const SHOWN = 5;

const COLUMNS: TableProps.ColumnDefinition<Previewed>[] = [
  { id: "id", header: "Record", isRowHeader: true, cell: (one) => one.source_id ?? "without an id" },
  {
    id: "before",
    header: "By the mapping as it is",
    minWidth: 220,
    cell: (one) => <Side of={one} side="before" />,
  },
  { id: "after", header: "With the patch", minWidth: 220, cell: (one) => <Side of={one} side="after" /> },
];

export function Patch({ change }: { change: Model<"ChangeModel"> }) {
  const path = { id: change.id };
  const query = api.useQuery(
    "get",
    "/changes/{id}/preview",
    { params: { path, query: { limit: SHOWN } } },
    { staleTime: 30_000, retry: false },
  );
  const suggestion = suggestionOf(change.evidence);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="What the mapping would read instead, tried on the records that wait."
        >
          Suggested patch
        </Header>
      }
    >
      <SpaceBetween size="m">
        {suggestion && <Alert type="info">{suggestion}</Alert>}
        {query.isPending && <Loading what="the preview" />}
        {query.error && <Trouble error={query.error} retry={() => query.refetch()} />}
        {query.data && <Preview of={query.data} />}
      </SpaceBetween>
    </Container>
  );
}

function Preview({ of }: { of: Model<"PatchPreview"> }) {
  return (
    <SpaceBetween size="m">
      <Table
        variant="embedded"
        wrapLines
        items={of.records}
        columnDefinitions={COLUMNS}
        ariaLabels={{ tableLabel: "Records that wait, before and after the patch" }}
        empty={<Empty title="No record waits" hint="The patch holds for what the next run reads." />}
        footer={of.redacted ? "Personal values are masked: an operator sees them." : undefined}
      />
      <ExpandableSection headerText="The patched mapping">
        <Code label="The patched mapping" value={of.mapping} copy />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function Side({ of, side }: { of: Previewed; side: "before" | "after" }) {
  const data = side === "before" ? of.before : of.after;
  const faults = (side === "before" ? of.before_faults : of.after_faults) as Fault[];
  if (data === null) {
    return <Faults of={faults} />;
  }
  return (
    <Code label={`The record ${side}`} value={differing(data, side === "before" ? of.after : of.before)} />
  );
}

function suggestionOf(evidence: Record<string, unknown>): string | null {
  const found = evidence.suggestion as
    | { kind?: string; from?: string; to?: string; because?: string }
    | undefined;
  if (!found?.to) {
    return null;
  }
  const what =
    found.from === found.to
      ? `Read ${found.to} by its new type`
      : `Read ${found.to} instead of ${found.from}`;
  return found.because ? `${what}: ${found.because}` : what;
}
