// What a connection was given: settings, and of secrets the names.

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { api, type Model } from "../../../api/client";
import { useMe } from "../../../api/me";
import { GoButton } from "../../../parts/Go";
import { inFull } from "../../../parts/times";
import { fieldsOf, shown } from "../form/fields";

export function Settings({ connection }: { connection: Model<"ConnectionModel"> }) {
  const { may } = useMe();
  const about = api.useQuery(
    "get",
    "/connectors/{name}",
    { params: { path: { name: connection.connector } } },
    { staleTime: 60_000 },
  );
  const titles = new Map(fieldsOf(about.data?.settings ?? {}).map((field) => [field.name, field.title]));
  const settings = Object.entries(connection.settings).map(([name, value]) => ({
    label: titles.get(name) ?? name,
    value: shown(value) || "–",
  }));
  const rules = Object.entries(connection.policy).map(([code, action]) => `${code}: ${action}`);
  const change = may("PUT /connections/{name}") && (
    <GoButton to={`/connections/${connection.name}/change`}>Change</GoButton>
  );
  return (
    <Container
      header={
        <Header variant="h2" actions={change}>
          Settings
        </Header>
      }
    >
      <KeyValuePairs
        columns={2}
        items={[
          ...settings,
          { label: "Secrets that are stored", value: connection.secrets.join(", ") || "none" },
          { label: "Streams", value: connection.streams?.join(", ") ?? "every one of the connector" },
          { label: "Rules for API changes", value: rules.join(", ") || "as is usual" },
          { label: "Events in a message", value: connection.events_per_message ?? "as many as fit" },
          { label: "Since", value: inFull(connection.created_at) },
        ]}
      />
    </Container>
  );
}
