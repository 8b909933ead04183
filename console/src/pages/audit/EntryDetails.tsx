// One entry: what it was before and after, and what differs.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import type { Model } from "../../api/client";
import { inWords } from "../../parts/actions";
import { inFull } from "../../parts/times";
import { type Difference, differences } from "./differences";

type Entry = Model<"EntryModel">;

export function EntryDetails({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  return (
    <Modal
      visible
      size="large"
      header={`${entry.who} ${inWords(entry.action)}`}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button onClick={onClose}>Close</Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {entry.error && (
          <Alert type="error" header="It failed">
            {entry.error}
          </Alert>
        )}
        {entry.state === "begun" && (
          <Alert type="warning" header="It was interrupted">
            How far it came is not known: look at {entry.target} itself.
          </Alert>
        )}
        <KeyValuePairs
          columns={2}
          items={[
            { label: "To what", value: entry.target },
            { label: "Connection", value: entry.connection || "–" },
            { label: "Begun", value: inFull(entry.at) },
            { label: "Ended", value: entry.ended_at ? inFull(entry.ended_at) : "–" },
            { label: "Reason", value: entry.reason || "–" },
            { label: "Action", value: <Box variant="code">{entry.action}</Box> },
          ]}
        />
        <Differences entry={entry} />
      </SpaceBetween>
    </Modal>
  );
}

// What changed is what people look for; the rest is there for who wants it.
function Differences({ entry }: { entry: Entry }) {
  const found = differences(entry.before, entry.after);
  const changed = found.filter((one) => one.changed);
  const rest = found.filter((one) => !one.changed);
  if (changed.length === 0) {
    return <Compared title="Before and after" items={found} />;
  }
  return (
    <SpaceBetween size="s">
      <Compared title="What changed" items={changed} />
      {rest.length > 0 && (
        <ExpandableSection headerText="What stayed as it was">
          <Compared title="What stayed as it was" items={rest} untitled />
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}

function Compared({
  title,
  items,
  untitled = false,
}: {
  title: string;
  items: Difference[];
  untitled?: boolean;
}) {
  return (
    <Table
      variant="embedded"
      wrapLines
      ariaLabels={{ tableLabel: title }}
      header={untitled ? undefined : <Box variant="h3">{title}</Box>}
      items={items}
      trackBy="name"
      columnDefinitions={[
        { id: "name", header: "What", isRowHeader: true, cell: (one) => one.name },
        { id: "before", header: "Before", cell: (one) => <Value text={one.before} /> },
        { id: "after", header: "After", cell: (one) => <Value text={one.after} /> },
      ]}
      empty={<Box color="text-body-secondary">Nothing is kept of how it was before and after.</Box>}
    />
  );
}

function Value({ text }: { text: string }) {
  return <Box variant="code">{text || "–"}</Box>;
}
