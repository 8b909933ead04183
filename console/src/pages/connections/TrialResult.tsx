// What came of trying a connection: stream by stream, with what to do about what failed.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { Model } from "../../api/client";
import { Trouble } from "../../parts/Trouble";

type Stream = Model<"StreamTrialModel">;

interface TrialProps {
  trial: Model<"TrialModel"> | undefined;
  busy: boolean;
  error: unknown;
  onClose: () => void;
}

const KINDS: Record<Stream["outcome"], StatusIndicatorProps.Type> = {
  read: "success",
  waits: "pending",
  failed: "error",
  left: "stopped",
};

export function TrialResult({ trial, busy, error, onClose }: TrialProps) {
  return (
    <Modal
      visible
      size="large"
      header="Test of the connection"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </Box>
      }
    >
      {busy && (
        <StatusIndicator type="loading">
          Logging in and asking for a record of each stream; this takes up to 20 seconds
        </StatusIndicator>
      )}
      {!busy && error ? <Trouble error={error} /> : null}
      {!busy && trial && <Found trial={trial} />}
    </Modal>
  );
}

function Found({ trial }: { trial: Model<"TrialModel"> }) {
  return (
    <SpaceBetween size="m">
      <StatusIndicator type={trial.fine ? "success" : "error"}>
        {trial.fine ? "It can be read" : "It cannot be read as it is"} ({trial.requests} requests). Nothing
        was kept.
      </StatusIndicator>
      <Table
        items={trial.streams}
        trackBy="stream"
        variant="embedded"
        wrapLines
        ariaLabels={{ tableLabel: "Streams that were tried" }}
        columnDefinitions={[
          { id: "stream", header: "Stream", isRowHeader: true, minWidth: 110, cell: (one) => one.stream },
          {
            id: "outcome",
            header: "Came to",
            minWidth: 110,
            cell: (one) => <StatusIndicator type={KINDS[one.outcome]}>{one.outcome}</StatusIndicator>,
          },
          { id: "found", header: "What was found", minWidth: 240, cell: (one) => <What of={one} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function What({ of }: { of: Stream }) {
  if (of.outcome === "read") {
    const fields = of.fields.length > 0 ? `, with ${of.fields.length} fields: ${of.fields.join(", ")}` : "";
    return (
      <>
        {of.records === 1 ? "1 record" : `${of.records} records`}
        {fields}
      </>
    );
  }
  return (
    <>
      {of.error && <Box variant="strong">{of.error}: </Box>}
      {of.cause}
      {of.advice && <Box color="text-body-secondary">{of.advice}</Box>}
    </>
  );
}
