// The versions that were registered since the code was deployed, and the way back to an earlier one.

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { api, type Model } from "../../../api/client";
import { useMe } from "../../../api/me";
import { Empty } from "../../../parts/Empty";
import { GoButton } from "../../../parts/Go";
import { Listing } from "../../../parts/Listing";
import { Time } from "../../../parts/Time";
import { usePages } from "../../../parts/usePages";
import { RollBack } from "./RollBack";

type Version = Model<"VersionModel">;

/** `version` is the one that holds for all; null where it is not known, as the files do not load. */
export function Versions({ connector, version }: { connector: string; version: number | null }) {
  const { may } = useMe();
  const pages = usePages(connector);
  const [to, setTo] = useState<number | null>(null);
  const mayChange = may("POST /connectors/{name}/rollback");
  const query = api.useQuery(
    "get",
    "/connectors/{name}/versions",
    { params: { path: { name: connector }, query: { cursor: pages.cursor } } },
    { placeholderData: (before) => before },
  );
  // One that was only ever registered here has nothing to go back to but its versions.
  const delivered = query.data?.delivered === true;
  const again = (number: number) => (
    <Button variant="inline-link" ariaLabel={`Let version ${number} hold`} onClick={() => setTo(number)}>
      Let it hold
    </Button>
  );
  return (
    <>
      <Listing<Version>
        title="Versions"
        query={query}
        pages={pages}
        idOf={(one) => String(one.number)}
        description={
          version === 0
            ? "What was delivered with Sluice holds."
            : "The newest first. Nothing registered is ever lost."
        }
        actions={
          mayChange && (
            <SpaceBetween direction="horizontal" size="xs">
              {version !== 0 && delivered && (
                <Button onClick={() => setTo(0)}>Back to what was delivered</Button>
              )}
              <GoButton to="/connectors/Register">Register a version</GoButton>
            </SpaceBetween>
          )
        }
        empty={<Empty title="None was registered" hint="What was delivered with Sluice holds." />}
        columns={[
          {
            id: "number",
            header: "Version",
            isRowHeader: true,
            minWidth: 110,
            cell: (one) => (
              <>
                {one.number} {one.holds && <Badge color="green">holds</Badge>}
              </>
            ),
          },
          { id: "who", header: "Who", minWidth: 100, cell: (one) => one.who },
          { id: "at", header: "When", minWidth: 110, cell: (one) => <Time at={one.at} /> },
          { id: "why", header: "Why", minWidth: 160, cell: (one) => one.reason || "–" },
          { id: "for", header: "Alone for", minWidth: 110, cell: (one) => one.connections.join(", ") || "–" },
          {
            id: "digest",
            header: "Digest",
            minWidth: 120,
            cell: (one) => <Digest of={one.digest} />,
          },
          {
            id: "do",
            header: "Do",
            minWidth: 100,
            cell: (one) => (mayChange && !one.holds ? again(one.number) : "–"),
          },
        ]}
      />
      {to !== null && <RollBack connector={connector} to={to} onClose={() => setTo(null)} />}
    </>
  );
}

// Its beginning tells versions apart; who compares them has the whole of it by hovering.
const Digest = ({ of }: { of: string }) => (
  <span title={of}>
    <Box variant="code">{of.slice(0, 10)}</Box>
  </span>
);
