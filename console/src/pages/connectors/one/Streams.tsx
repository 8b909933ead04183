// What the connector reads, and what it becomes.

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import type { Model } from "../../../api/client";
import { Empty } from "../../../parts/Empty";

type Stream = Model<"StreamModel">;

export function Streams({ of }: { of: Stream[] }) {
  return (
    <Table
      items={of}
      trackBy="name"
      wrapLines
      ariaLabels={{ tableLabel: "Streams" }}
      header={
        <Header
          variant="h2"
          counter={`(${of.length})`}
          description="A stream is one list of the ERP; its records become an entity of the canonical model."
        >
          Streams
        </Header>
      }
      empty={<Empty title="It has no stream" />}
      columnDefinitions={[
        { id: "name", header: "Stream", isRowHeader: true, minWidth: 160, cell: (one) => <Name of={one} /> },
        { id: "entity", header: "Becomes", minWidth: 110, cell: (one) => one.entity },
        {
          id: "key",
          header: "Key",
          minWidth: 110,
          cell: (one) => <Box variant="code">{one.key.join(", ")}</Box>,
        },
        { id: "way", header: "How it is read", minWidth: 180, cell: wayOf },
        { id: "gone", header: "Deletions", minWidth: 150, cell: deletionsOf },
      ]}
    />
  );
}

const wayOf = (one: Stream) =>
  `${one.incremental ? "what changed since" : "whole, every time"}${one.details ? "; each record by itself" : ""}`;

const deletionsOf = (one: Stream) => (one.deletions ? "the ERP tells them" : "seen when read whole");

function Name({ of }: { of: Stream }) {
  return (
    <>
      <SpaceBetween direction="horizontal" size="xxs">
        <span>{of.name}</span>
        {of.personal && <Badge>personal data</Badge>}
      </SpaceBetween>
      {of.description && <Box variant="small">{of.description}</Box>}
    </>
  );
}
