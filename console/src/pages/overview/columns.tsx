// The columns of the connections' health.

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Model } from "../../api/client";
import { Go } from "../../parts/Go";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { inFull, inWords } from "../../parts/times";
import { daysLeft, firstOf, type Health, heldOf, slowestOf } from "./health";
import { type Matter, placeOf, titleOf, wordsOf } from "./matters";

const SOON = 14;

export function columnsOf(overview: Model<"OverviewModel">): TableProps.ColumnDefinition<Health>[] {
  return [
    {
      id: "connection",
      header: "Connection",
      isRowHeader: true,
      minWidth: 110,
      cell: (one) => <Name of={one} />,
    },
    {
      id: "health",
      header: "Needs",
      minWidth: 175,
      cell: (one) => <Needs first={firstOf(overview, one.connection)} more={one.needs - 1} />,
    },
    { id: "last", header: "Last run", minWidth: 145, cell: (one) => <LastRun of={one} /> },
    { id: "next", header: "Next run", minWidth: 100, cell: (one) => <NextRun of={one} /> },
    { id: "lag", header: "Lag", minWidth: 110, cell: (one) => <Lag of={one} /> },
    { id: "streams", header: "Held, set aside, changed", minWidth: 150, cell: (one) => <Streams of={one} /> },
    { id: "credentials", header: "Credentials", minWidth: 115, cell: (one) => <Credentials of={one} /> },
  ];
}

type Of = { of: Health };

function Name({ of }: Of) {
  return (
    <>
      <Go to={`/connections/${encodeURIComponent(of.connection)}`}>{of.connection}</Go>
      <Box variant="small" display="block">
        {of.connector}
      </Box>
    </>
  );
}

function Needs({ first, more }: { first: Matter | null; more: number }) {
  if (first === null) {
    return <StatusIndicator type="success">nothing</StatusIndicator>;
  }
  const place = placeOf(first.target);
  return (
    <>
      <StatusIndicator type={wordsOf(first.need).weight}>
        {place ? <Go to={place}>{titleOf(first)}</Go> : titleOf(first)}
      </StatusIndicator>
      {more > 0 && (
        <Box variant="small" display="block">
          and {more} more
        </Box>
      )}
    </>
  );
}

function LastRun({ of }: Of) {
  const run = of.last_run;
  if (run === null) {
    return <>never ran</>;
  }
  return (
    <>
      <Status of={run.status} />
      <div>
        <Go to={`/runs/${run.id}`}>
          <Time at={run.started_at} />
        </Go>
      </div>
    </>
  );
}

function NextRun({ of }: Of) {
  if (of.paused) {
    return <Status of="paused" />;
  }
  return <Time at={of.next_run} otherwise="by hand" />;
}

function Lag({ of }: Of) {
  const slowest = slowestOf(of);
  if (slowest === null) {
    return <>–</>;
  }
  return (
    <>
      {slowest.lag === null ? "never handed over" : inWords(slowest.lag)}
      <Box variant="small" display="block">
        {slowest.stream}
      </Box>
    </>
  );
}

// What of the connection does not go on as it should, each with a link to where that is dealt with.
function Streams({ of }: Of) {
  const connection = encodeURIComponent(of.connection);
  const held = heldOf(of).map((one) => ({ to: `/changes/${one.held}`, text: `${one.stream} held` }));
  const aside = of.quarantined.map((stream) => ({
    to: `/quarantine?connection=${connection}&stream=${stream}`,
    text: `${stream} set aside`,
  }));
  const open = { to: `/changes?connection=${connection}&state=open`, text: changesOf(of.changes) };
  const all = [...held, ...aside, ...(of.changes > 0 ? [open] : [])];
  if (all.length === 0) {
    return <Box color="text-body-secondary">nothing</Box>;
  }
  return all.map(({ to, text }) => (
    <div key={text}>
      <Go to={to}>{text}</Go>
    </div>
  ));
}

const changesOf = (count: number): string => (count === 1 ? "1 open change" : `${count} open changes`);

function Credentials({ of }: Of) {
  const days = daysLeft(of);
  if (days === null || of.credentials === null) {
    return <Box color="text-body-secondary">no end known</Box>;
  }
  const words = days < 0 ? "ended" : days === 0 ? "end today" : `end in ${days} days`;
  return (
    <span title={`${inFull(of.credentials.expires_at)}: ${of.credentials.basis}`}>
      {days <= SOON ? (
        <Badge color={days < 0 ? "severity-critical" : "severity-medium"}>{words}</Badge>
      ) : (
        words
      )}
    </span>
  );
}
