// Whom the change touches: fields, connections, records, runs.

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Model } from "../../api/client";
import { Go } from "../../parts/Go";
import { Time } from "../../parts/Time";
import { ChangeState, Severity } from "./standing";

type Change = Model<"ChangeDetail">;

export function Facts({ change }: { change: Change }) {
  return (
    <Container header={<Header variant="h2">What it touches</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: "State", value: <ChangeState of={change} /> },
          { label: "Severity", value: <Severity of={change.severity} /> },
          { label: "Kind", value: `${change.code} ${change.kind}` },
          { label: "Mapped fields", value: <Fields of={change.used_by} /> },
          { label: "Stream", value: <Stream of={change} /> },
          { label: "Share of the records", value: shareOf(change.share) },
          { label: "Connections that meet it", value: <Connections of={change.connections} /> },
          { label: "Whose it is", value: change.whose },
          { label: "Topics", value: topicsOf(change) },
          { label: "First met", value: <Met at={change.opened_at} run={change.run} /> },
          { label: "Last met", value: <Met at={change.last_seen_at} run={change.last_run} /> },
          { label: "Decided", value: <Decided of={change} /> },
        ]}
      />
    </Container>
  );
}

/** "0.0312" as "3.1 %"; a share that is not a number is shown as it came. */
function shareOf(share: string): string {
  const value = Number(share);
  return Number.isFinite(value)
    ? `${(value * 100).toLocaleString("en", { maximumFractionDigits: 1 })} %`
    : share;
}

// A mapped field begins with its entity, and events of an entity are what the information topic carries.
function topicsOf(change: Change): string {
  const entities = [
    ...new Set(change.used_by.filter((field) => field.includes(".")).map((field) => field.split(".")[0])),
  ];
  return entities.length > 0
    ? `information: ${entities.map((one) => `${one}.*`).join(", ")}`
    : "none: no mapping uses it";
}

function Fields({ of }: { of: string[] }) {
  if (of.length === 0) {
    return "none";
  }
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {of.map((field) => (
        <Badge key={field}>{field}</Badge>
      ))}
    </SpaceBetween>
  );
}

function Stream({ of }: { of: Change }) {
  return (
    <>
      <Go to={`/connections/${of.connection}`}>{of.connection}</Go> {of.stream && ` / ${of.stream}`}
    </>
  );
}

function Connections({ of }: { of: string[] }) {
  return of.map((name, index) => (
    <span key={name}>
      {index > 0 && ", "}
      <Go to={`/connections/${name}`}>{name}</Go>
    </span>
  ));
}

function Met({ at, run }: { at: string; run: string }) {
  return (
    <>
      <Time at={at} /> {run && <Go to={`/runs/${run}`}>by this run</Go>}
    </>
  );
}

function Decided({ of }: { of: Change }) {
  if (!of.decided_by) {
    return "not yet";
  }
  return (
    <Box>
      by {of.decided_by}, <Time at={of.decided_at} />
      {of.reason && `: ${of.reason}`}
    </Box>
  );
}
