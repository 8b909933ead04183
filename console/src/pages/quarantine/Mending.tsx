// What to do about a record that was set aside: where it can be mended, the likeliest first.

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { api } from "../../api/client";
import { useMe } from "../../api/me";
import { Go } from "../../parts/Go";

const MOST = 200;

export function Mending({ connection, stream }: { connection: string; stream: string }) {
  const { may } = useMe();
  const { data } = api.useQuery("get", "/changes", {
    params: { query: { connection, state: "open", limit: MOST } },
  });
  const open = (data?.items ?? []).filter((one) => one.stream === stream);
  return (
    <Container header={<Header variant="h2">What to do</Header>}>
      <ul>
        {open.map((one) => (
          <li key={one.id}>
            An API change of this stream waits for a decision:{" "}
            <Go to={`/changes/${one.id}`}>{`${one.kind.replaceAll("_", " ")}, ${one.path}`}</Go>. Accepting it
            hands over again what it set aside.
          </li>
        ))}
        <li>
          The mapping does not know what came: mend its file,{" "}
          {may("POST /connectors/{name}/versions") ? (
            <Go to="/connectors/Register">register the connector</Go>
          ) : (
            "let an operator register the connector"
          )}{" "}
          with it, then replay the record here.
        </li>
        <li>It is wrong in the ERP: correct it there. The next run reads it again.</li>
      </ul>
    </Container>
  );
}
