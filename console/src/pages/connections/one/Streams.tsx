// How far each stream is, and what holds it.

import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { Model } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { Go } from "../../../parts/Go";
import { Time } from "../../../parts/Time";
import { inWords } from "../../../parts/times";
import { type Row, rowsOf } from "./streamRows";

interface StreamsProps {
  connection: Model<"ConnectionModel">;
  health: Model<"HealthModel"> | undefined;
}

export function Streams({ connection, health }: StreamsProps) {
  return (
    <Table
      items={rowsOf(connection, health)}
      trackBy="stream"
      wrapLines
      ariaLabels={{ tableLabel: "Streams" }}
      header={<Header variant="h2">Streams</Header>}
      empty={<Empty title="Nothing was handed over yet" hint="The first run shows how far each stream is." />}
      columnDefinitions={[
        { id: "stream", header: "Stream", isRowHeader: true, minWidth: 120, cell: (one) => one.stream },
        { id: "state", header: "State", minWidth: 130, cell: (one) => <State of={one} /> },
        {
          id: "lag",
          header: "Behind by",
          minWidth: 100,
          cell: (one) => (one.lag === null ? "–" : inWords(one.lag)),
        },
        { id: "committed", header: "Handed over", minWidth: 120, cell: (one) => <Time at={one.committed} /> },
        {
          id: "whole",
          header: "Read whole",
          minWidth: 120,
          cell: (one) => <Time at={one.whole} otherwise="never" />,
        },
        { id: "watermark", header: "Cursor", minWidth: 180, cell: (one) => one.watermark ?? "–" },
      ]}
    />
  );
}

function State({ of }: { of: Row }) {
  if (of.held) {
    return (
      <StatusIndicator type="warning">
        held by <Go to={`/changes/${of.held}`}>a change</Go>
      </StatusIndicator>
    );
  }
  return of.committed ? (
    <StatusIndicator type="success">goes on</StatusIndicator>
  ) : (
    <StatusIndicator type="pending">not read yet</StatusIndicator>
  );
}
