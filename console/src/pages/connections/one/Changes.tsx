// What changed in the ERP's API, as far as this connection met it.

import Box from "@cloudscape-design/components/box";
import { api, type Model } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { Go, GoButton } from "../../../parts/Go";
import { Listing } from "../../../parts/Listing";
import { Time } from "../../../parts/Time";
import { ChangeState } from "../../changes/standing";

const SHOWN = 10;
const REFRESH = 10_000;

export function Changes({ connection }: { connection: string }) {
  const query = api.useQuery(
    "get",
    "/changes",
    { params: { query: { connection, limit: SHOWN } } },
    { refetchInterval: REFRESH },
  );
  return (
    <Listing<Model<"ChangeModel">>
      title="API changes"
      query={query}
      idOf={(one) => one.id}
      actions={<GoButton to={`/changes?connection=${connection}`}>All its changes</GoButton>}
      empty={
        <Empty title="The API is as it was" hint="Every run compares what comes with what came before." />
      }
      columns={[
        {
          id: "what",
          header: "Change",
          isRowHeader: true,
          minWidth: 180,
          cell: (one) => <Go to={`/changes/${one.id}`}>{one.kind.replaceAll("_", " ")}</Go>,
        },
        { id: "stream", header: "Stream", minWidth: 110, cell: (one) => one.stream ?? "–" },
        { id: "path", header: "Field", minWidth: 140, cell: (one) => <Box variant="code">{one.path}</Box> },
        { id: "state", header: "State", minWidth: 110, cell: (one) => <ChangeState of={one} /> },
        { id: "at", header: "Seen last", minWidth: 120, cell: (one) => <Time at={one.last_seen_at} /> },
      ]}
    />
  );
}
