// Who did what to a connection, its runs and its changes.

import Box from "@cloudscape-design/components/box";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { api } from "../../../api/client";
import { inWords } from "../../../parts/actions";
import { Empty } from "../../../parts/Empty";
import { Listing } from "../../../parts/Listing";
import { Time } from "../../../parts/Time";
import { usePages } from "../../../parts/usePages";

const SHOWN = 20;

export function History({ connection }: { connection: string }) {
  const pages = usePages(connection);
  const query = api.useQuery(
    "get",
    "/connections/{name}/audit",
    { params: { path: { name: connection }, query: { limit: SHOWN, cursor: pages.cursor } } },
    { placeholderData: (before) => before },
  );
  return (
    <Listing
      title="Who did what"
      query={query}
      pages={pages}
      idOf={(one) => `${one.at} ${one.who} ${one.action} ${one.target}`}
      empty={<Empty title="Nobody has done anything yet" hint="Entries are kept for 400 days." />}
      columns={[
        { id: "at", header: "When", minWidth: 110, cell: (one) => <Time at={one.at} /> },
        { id: "who", header: "Who", isRowHeader: true, minWidth: 100, cell: (one) => one.who },
        {
          id: "what",
          header: "Did what",
          minWidth: 200,
          cell: (one) => (
            <>
              {inWords(one.action)}
              {one.reason && <Box variant="small"> because: {one.reason}</Box>}
            </>
          ),
        },
        { id: "target", header: "To what", minWidth: 140, cell: (one) => one.target },
        {
          id: "state",
          header: "Came to",
          minWidth: 110,
          cell: (one) => (
            <StatusIndicator
              type={one.state === "done" ? "success" : one.state === "failed" ? "error" : "warning"}
            >
              {one.state === "begun" ? "not known how far" : one.state}
            </StatusIndicator>
          ),
        },
      ]}
    />
  );
}
