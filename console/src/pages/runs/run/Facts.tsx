// The run at a glance: how it stands, when and how long, and what became of the records.

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Model } from "../../../api/client";
import { dollars } from "../../../parts/cost/money";
import { Go } from "../../../parts/Go";
import { Status } from "../../../parts/Status";
import { Time } from "../../../parts/Time";
import { between, inWords } from "../../../parts/times";
import { COUNTS, countsOf, inFigures } from "./counts";

type Run = Model<"RunModel">;

export function Facts({ run }: { run: Run }) {
  const counts = countsOf(run);
  return (
    <Container header={<Header variant="h2">At a glance</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs columns={4} items={factsOf(run)} />
        <KeyValuePairs
          columns={3}
          items={COUNTS.map(({ name, meaning }) => ({
            label: name,
            value: <Count count={counts[name]} meaning={meaning} bad={name === "quarantined"} />,
          }))}
        />
      </SpaceBetween>
    </Container>
  );
}

function factsOf(run: Run) {
  const connection = run.connection ?? "";
  return [
    { label: "Status", value: <Status of={run.status} /> },
    {
      label: "Connection",
      value: connection ? <Go to={`/connections/${connection}`}>{connection}</Go> : "–",
    },
    { label: "Started", value: <Time at={run.started_at} /> },
    { label: run.ended_at ? "Took" : "Running for", value: run.started_at ? took(run) : "–" },
    {
      label: "Connector",
      value: run.connector ? <Go to={`/connectors/${run.connector}`}>{run.connector}</Go> : "–",
    },
    { label: "Started by", value: run.trigger ?? "–" },
    { label: "Streams", value: streamsOf(run) },
    { label: "Cost on AWS, estimated", value: run.cost ? dollars(run.cost.dollars) : "–" },
  ];
}

const took = (run: Run): string => inWords(between(run.started_at ?? "", run.ended_at));

/** "14", "12 of 14 done, 1 held". */
function streamsOf(run: Run): string {
  const having = (outcome: string) => run.streams.filter((stream) => stream.outcome === outcome).length;
  const open = having("reading") + having("waiting");
  const told = [
    open > 0 ? `${run.streams.length - open} of ${run.streams.length} done` : `${run.streams.length}`,
    ...["held", "failed"].filter((one) => having(one) > 0).map((one) => `${having(one)} ${one}`),
  ];
  return told.join(", ");
}

function Count({ count, meaning, bad }: { count: number | undefined; meaning: string; bad: boolean }) {
  return (
    <>
      <Box fontSize="heading-l" fontWeight="bold" color={bad && count ? "text-status-warning" : undefined}>
        {inFigures(count)}
      </Box>
      <Box variant="small" display="block">
        {meaning}
      </Box>
    </>
  );
}
