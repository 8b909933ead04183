// What a connection costs on AWS: a run, and 30 days of its schedule, as an estimate from what its runs used.

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { api, type Model } from "../../api/client";
import { Empty } from "../Empty";
import { Loading } from "../Loading";
import { Trouble } from "../Trouble";
import { Notes } from "./Lines";
import { dollars } from "./money";
import { RunCosts } from "./RunCosts";

const REFRESH = 15_000;

export function CostOfConnection({ name }: { name: string }) {
  const query = api.useQuery(
    "get",
    "/connections/{name}/cost",
    { params: { path: { name } } },
    { refetchInterval: REFRESH },
  );
  if (query.data) {
    return <Spent of={query.data} />;
  }
  return query.error ? (
    <Trouble error={query.error} retry={() => query.refetch()} />
  ) : (
    <Loading what="what it costs" />
  );
}

function Spent({ of }: { of: Model<"SpendingModel"> }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`Estimated from what its runs used, at the list prices of ${of.region}, read on ${of.read}.`}
        >
          Cost on AWS
        </Header>
      }
    >
      {of.mean === null && of.replays.length === 0 && of.backfills.length === 0 ? (
        <Empty title="No run has ended yet" hint="What a run costs is kept when it has ended." />
      ) : (
        <Figures of={of} />
      )}
    </Container>
  );
}

function Figures({ of }: { of: Model<"SpendingModel"> }) {
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={3}
        items={[
          { label: "A run", value: <About amount={of.mean} /> },
          {
            label: "30 days at its schedule",
            value: <About amount={of.a_month} otherwise={withoutSchedule(of)} />,
          },
          { label: `The last ${of.looked_at} runs, from least to most`, value: range(of) },
        ]}
      />
      <RunCosts of={of.runs} title="Last runs" empty="No run of it has ended since costs are kept." />
      {of.replays.length > 0 && <RunCosts of={of.replays} title="Last replays" empty="" />}
      {of.backfills.length > 0 && <RunCosts of={of.backfills} title="Last backfills" empty="" />}
      <Notes of={of.basis} />
    </SpaceBetween>
  );
}

function About({ amount, otherwise = "–" }: { amount: string | null; otherwise?: string }) {
  return amount === null ? otherwise : <Box variant="strong">about {dollars(amount)}</Box>;
}

function withoutSchedule(of: Model<"SpendingModel">): string {
  return of.starts === null ? "no schedule starts it" : "–";
}

function range(of: Model<"SpendingModel">): string {
  return of.least !== null && of.most !== null ? `${dollars(of.least)} to ${dollars(of.most)}` : "–";
}
