// What a connection of this connector gives: settings and secrets, with what each is.

import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import type { Model } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { type Field, fieldsOf, shown } from "../../connections/form/fields";

export function Needs({ connector }: { connector: Model<"ConnectorModel"> }) {
  const secrets = Object.entries(connector.secrets).map(([name, about]) => ({ name, ...about }));
  return (
    <SpaceBetween size="l">
      <Table
        items={fieldsOf(connector.settings)}
        trackBy="name"
        wrapLines
        ariaLabels={{ tableLabel: "Settings" }}
        header={<Header variant="h2">Settings</Header>}
        empty={<Empty title="It needs no settings" />}
        columnDefinitions={[
          {
            id: "name",
            header: "Setting",
            isRowHeader: true,
            minWidth: 150,
            cell: (one) => <Name of={one} />,
          },
          { id: "what", header: "What it is", minWidth: 240, cell: (one) => one.description || "–" },
          { id: "usual", header: "Where it is left out", minWidth: 160, cell: usualOf },
        ]}
      />
      <Table
        items={secrets}
        trackBy="name"
        wrapLines
        ariaLabels={{ tableLabel: "Secrets" }}
        header={<Header variant="h2">Secrets</Header>}
        empty={<Empty title="It needs no secrets" />}
        columnDefinitions={[
          {
            id: "name",
            header: "Secret",
            isRowHeader: true,
            minWidth: 150,
            cell: (one) => <Name of={one} />,
          },
          { id: "what", header: "What it is", minWidth: 240, cell: (one) => one.description || "–" },
          { id: "must", header: "Needed", minWidth: 90, cell: (one) => (one.optional ? "no" : "yes") },
        ]}
      />
    </SpaceBetween>
  );
}

function usualOf(one: Field) {
  if (one.usual !== undefined) {
    return <Box variant="code">{shown(one.usual) || '""'}</Box>;
  }
  return one.required ? "it cannot be" : "nothing holds";
}

function Name({ of }: { of: { name: string; title: string } }) {
  return (
    <>
      {of.title || of.name}
      <Box variant="small" display="block">
        {of.name}
      </Box>
    </>
  );
}
