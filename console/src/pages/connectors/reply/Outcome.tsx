// What became of a pasted reply: each record as it came, beside its canonical form or its faults.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { Model } from "../../../api/client";
import { Code } from "../../../parts/Code";
import { Faults } from "../../../parts/Trouble";

type Preview = Model<"PreviewModel">;
type Previewed = Preview["records"][number];

/** So many are open at first: a page may have a hundred. */
const OPEN = 2;

export function Outcome({ of }: { of: Preview }) {
  if (of.faults.length > 0) {
    return (
      <Alert type="error" header="This reply cannot be read">
        <Faults of={of.faults} />
      </Alert>
    );
  }
  return (
    <SpaceBetween size="s">
      <Summary of={of} />
      {of.records.map((record, index) => (
        <ExpandableSection
          // biome-ignore lint/suspicious/noArrayIndexKey: a record has no other name, its id may lack or be doubled
          key={index}
          defaultExpanded={index < OPEN}
          headerText={`${index + 1}. ${record.source_id ?? "without an id"}`}
          headerActions={<Standing of={record} />}
          variant="container"
        >
          <OneRecord of={record} entity={of.entity} number={index + 1} />
        </ExpandableSection>
      ))}
    </SpaceBetween>
  );
}

function Summary({ of }: { of: Preview }) {
  const faulty = of.records.filter((record) => record.faults.length > 0).length;
  const shown = of.records.length < of.read ? `, the first ${of.records.length} are shown` : "";
  return (
    <StatusIndicator type={of.read === 0 ? "info" : faulty > 0 ? "warning" : "success"}>
      {`${of.read} ${of.read === 1 ? "record" : "records"} of ${of.entity}${shown}`}
      {faulty > 0 && `; ${faulty} with faults would be quarantined`}
    </StatusIndicator>
  );
}

function Standing({ of }: { of: Previewed }) {
  if (of.skipped) {
    return <StatusIndicator type="stopped">left out</StatusIndicator>;
  }
  return of.faults.length > 0 ? (
    <StatusIndicator type="error">
      {of.faults.length === 1 ? "1 fault" : `${of.faults.length} faults`}
    </StatusIndicator>
  ) : (
    <StatusIndicator type="success">fine</StatusIndicator>
  );
}

function OneRecord({ of, entity, number }: { of: Previewed; entity: string; number: number }) {
  return (
    <SpaceBetween size="s">
      <Faults of={of.faults} />
      <ColumnLayout columns={2}>
        <div>
          <Box variant="awsui-key-label">As it came</Box>
          <Code value={of.record} label={`Record ${number} as it came`} />
        </div>
        <div>
          <Box variant="awsui-key-label">As {entity}</Box>
          {of.data === null ? (
            <Box color="text-body-secondary">
              {of.skipped ? "The mapping leaves such records out." : "None: it has faults."}
            </Box>
          ) : (
            <Canonical of={of.data} number={number} />
          )}
        </div>
      </ColumnLayout>
    </SpaceBetween>
  );
}

// A canonical record has many fields that most ERPs do not fill.
function Canonical({ of, number }: { of: Record<string, unknown>; number: number }) {
  const filled = Object.entries(of).filter(([, value]) => value !== null);
  const empty = Object.keys(of).length - filled.length;
  return (
    <>
      <Code value={Object.fromEntries(filled)} label={`Record ${number}, canonical`} />
      {empty > 0 && (
        <Box variant="small">{`${empty} more ${empty === 1 ? "field is" : "fields are"} empty.`}</Box>
      )}
    </>
  );
}
