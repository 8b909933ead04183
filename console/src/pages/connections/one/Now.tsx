// How a connection is now.

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { ReactNode } from "react";
import type { Model } from "../../../api/client";
import { Go } from "../../../parts/Go";
import { Time } from "../../../parts/Time";
import { standingOf } from "../standing";

interface NowProps {
  connection: Model<"ConnectionModel">;
  health: Model<"HealthModel"> | undefined;
}

export function Now({ connection, health }: NowProps) {
  const standing = standingOf(connection, health);
  return (
    <Container header={<Header variant="h2">Now</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: "Health",
            value: <StatusIndicator type={standing.type}>{standing.text}</StatusIndicator>,
          },
          { label: "Last run", value: <LastRun of={health?.last_run} /> },
          { label: "Next run", value: <NextRun connection={connection} at={health?.next_run} /> },
          { label: "Schedule (UTC)", value: connection.schedule ?? "by hand only" },
          {
            label: "Quarantine",
            value: <Quarantined connection={connection.name} streams={health?.quarantined} />,
          },
          { label: "Credentials", value: <Credentials of={health?.credentials} /> },
        ]}
      />
    </Container>
  );
}

function LastRun({ of }: { of: Model<"RunSummary"> | null | undefined }) {
  if (!of) {
    return <>none yet</>;
  }
  return (
    <Go to={`/runs/${of.id}`}>
      {of.status}, <Time at={of.started_at} />
    </Go>
  );
}

function NextRun({ connection, at }: { connection: NowProps["connection"]; at: string | null | undefined }) {
  if (connection.paused) {
    return <>not while it is paused</>;
  }
  return <Time at={at ?? connection.next_run} otherwise={inWords(connection.schedule)} />;
}

function Quarantined({
  connection,
  streams,
}: {
  connection: string;
  streams: string[] | undefined;
}): ReactNode {
  if (!streams || streams.length === 0) {
    return "no records set aside";
  }
  return <Go to={`/quarantine?connection=${connection}`}>{`records of ${streams.join(", ")}`}</Go>;
}

function Credentials({ of }: { of: Model<"CredentialsModel"> | null | undefined }) {
  if (!of) {
    return <>not known when they end</>;
  }
  return (
    <span title={of.basis}>
      end <Time at={of.expires_at} />
    </span>
  );
}

// Of a rate nobody knows the next time: it is counted from when it was stored.
function inWords(schedule: string | null): string {
  if (!schedule) {
    return "when started";
  }
  const rate = /^rate\((.+)\)$/.exec(schedule)?.[1];
  return rate ? `every ${rate.replace(/^1 /, "")}` : "not foretold";
}
