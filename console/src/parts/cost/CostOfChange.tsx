// What an API change has cost on AWS, and what handing over the records that wait would: plainly an estimate.

import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { api, type Model } from "../../api/client";
import { Loading } from "../Loading";
import { Trouble } from "../Trouble";
import { Lines, Notes } from "./Lines";
import { dollars } from "./money";
import { RunCosts } from "./RunCosts";

const REFRESH = 15_000;

type Spending = Model<"ChangeSpendingModel">;

export function CostOfChange({ id }: { id: string }) {
  const query = api.useQuery(
    "get",
    "/changes/{id}/cost",
    { params: { path: { id } } },
    { refetchInterval: REFRESH },
  );
  if (query.data) {
    return <Spent of={query.data} />;
  }
  return query.error ? (
    <Trouble error={query.error} retry={() => query.refetch()} />
  ) : (
    <Loading what="what the change costs" />
  );
}

function Spent({ of }: { of: Spending }) {
  return (
    <ExpandableSection variant="container" headerText={told(of)} headerDescription={DESCRIPTION}>
      <SpaceBetween size="m">
        <RunCosts
          of={of.runs}
          title="Runs that met it first and last"
          empty="What they used was not kept: it is, when a run has ended."
        />
        {of.replays.length > 0 && (
          <RunCosts of={of.replays} title="Replays that handed over what it held" empty="" />
        )}
        {of.replay && <Header variant="h3">Handing over what waits, estimated</Header>}
        {of.replay && <Lines of={of.replay} label="What handing over the records that wait would cost" />}
        <Notes of={of.basis} />
      </SpaceBetween>
    </ExpandableSection>
  );
}

const DESCRIPTION = "An estimate at list prices. A run costs what it did for its other streams, too.";

/** The one figure that a person who decides wants: of what is still to do, else of what was done. */
export function told(of: Spending): string {
  if (of.replay) {
    const many = `${of.waiting.counted ? "the" : "about"} ${of.waiting.records.toLocaleString("en")}`;
    return `Cost: handing over ${many} records that wait would be about ${dollars(of.replay.dollars)}`;
  }
  const [last] = of.replays.slice(-1);
  return last
    ? `Cost: its replay cost about ${dollars(last.dollars)}`
    : "Cost: nothing waits to be handed over";
}
