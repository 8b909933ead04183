// What the connector was certified by: each rule, and what was seen.

import Alert from "@cloudscape-design/components/alert";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { Model } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { certificateOf, type Rule } from "./certificate";

export function Quality({ of, name }: { of: Model<"ConnectorModel">["quality"]; name: string }) {
  if (of === null) {
    return (
      <Empty
        title="It was never certified"
        hint={`sluice connectors certify ${name} reads it in every way that an ERP can misbehave.`}
      />
    );
  }
  const certificate = certificateOf(of);
  return (
    <SpaceBetween size="m">
      {certificate.changed && (
        <Alert type="warning">Its files are others since: what is said here held for those before.</Alert>
      )}
      <Table
        items={certificate.rules}
        trackBy="name"
        wrapLines
        ariaLabels={{ tableLabel: "Rules" }}
        header={
          <Header
            variant="h2"
            counter={`(${certificate.rules.filter((rule) => rule.status === "done").length} of ${certificate.rules.length} done)`}
            description={`Certified ${certificate.certified}, against the sandbox.${certificate.leftOut}`}
          >
            Certificate
          </Header>
        }
        columnDefinitions={[
          {
            id: "rule",
            header: "Rule",
            isRowHeader: true,
            minWidth: 140,
            cell: (one) => one.name.replaceAll("_", " "),
          },
          { id: "status", header: "Status", minWidth: 110, cell: (one) => <Standing of={one} /> },
          { id: "seen", header: "What was seen", minWidth: 260, cell: (one) => <Seen of={one} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Standing({ of }: { of: Rule }) {
  const types = { done: "success", exempt: "stopped" } as const;
  return (
    <StatusIndicator type={types[of.status as keyof typeof types] ?? "error"}>{of.status}</StatusIndicator>
  );
}

function Seen({ of }: { of: Rule }) {
  if (of.said.length < 2) {
    return <>{of.said[0] ?? "–"}</>;
  }
  return (
    <ul>
      {of.said.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
