// What the connector is, where the vendor documents the API, and the notes on it.

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Model } from "../../../api/client";
import { Go } from "../../../parts/Go";
import { Markdown } from "./Markdown";

export function About({ connector }: { connector: Model<"ConnectorModel"> }) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">At a glance</Header>}>
        <KeyValuePairs
          columns={2}
          items={[
            { label: "Documentation of the vendor", value: <Vendor address={connector.documentation} /> },
            { label: "How it logs in", value: connector.authentication.replaceAll("_", " ") },
            {
              label: "Connections",
              value: <Go to={`/connections?connector=${connector.name}`}>Those of this connector</Go>,
            },
            {
              label: "Version",
              value:
                connector.version === 0 ? "as it was delivered" : `${connector.version}, registered here`,
            },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">What is known of it</Header>}>
        {connector.notes ? (
          <Markdown text={connector.notes} />
        ) : (
          <Box color="text-body-secondary">It has no notes (NOTES.md).</Box>
        )}
      </Container>
    </SpaceBetween>
  );
}

function Vendor({ address }: { address: string }) {
  if (!address.startsWith("https://") || !URL.canParse(address)) {
    return <>not named</>;
  }
  return (
    <Link href={address} external>
      {new URL(address).host}
    </Link>
  );
}
