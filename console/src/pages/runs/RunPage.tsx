// One run: what went wrong and what to do, what became of the records, the path it took, when, and at what cost.

import { useParams } from "react-router";
import { api, type Model } from "../../api/client";
import { Problem } from "../../api/problem";
import { AuditNotes } from "../../parts/AuditNotes";
import { Empty } from "../../parts/Empty";
import { Go } from "../../parts/Go";
import { Loading } from "../../parts/Loading";
import { Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { Actions } from "./run/Actions";
import { Troubles } from "./run/Advice";
import { Cost } from "./run/Cost";
import { Facts } from "./run/Facts";
import { Path } from "./run/Path";
import { Progress } from "./run/Progress";
import { Streams } from "./run/Streams";
import { Timeline } from "./run/Timeline";

const LIVE = 2_000;
const AT_REST = 15_000;

/** A run whose record is not written yet (status null) is under way as well. */
const isUnderWay = (run: Model<"RunModel"> | undefined): boolean =>
  run?.status === "running" || run?.status === null || run?.can_be_stopped === true;

export function RunPage() {
  const { run = "" } = useParams();
  const query = api.useQuery(
    "get",
    "/runs/{run}",
    { params: { path: { run } } },
    { refetchInterval: ({ state }) => (isUnderWay(state.data) ? LIVE : AT_REST) },
  );
  if (query.isPending) {
    return <Loading what="the run" />;
  }
  if (query.data === undefined) {
    return <NoRun run={run} error={query.error} retry={() => query.refetch()} />;
  }
  const found = query.data;
  return (
    <Page title={found.id} description={wordsOf(found)} actions={<Actions run={found} />}>
      <Troubles run={found} />
      <Facts run={found} />
      {found.progress && <Progress run={found} of={found.progress} />}
      <Path run={found} />
      <Streams run={found} />
      <Timeline run={found} />
      {found.cost && <Cost of={found.cost} />}
      <AuditNotes of={found.audit} />
    </Page>
  );
}

const wordsOf = (run: Model<"RunModel">): string =>
  run.connection ? `A run of the connection ${run.connection}` : "It has not taken its first step yet";

function NoRun({ run, error, retry }: { run: string; error: unknown; retry: () => void }) {
  if (error instanceof Problem && error.status === 404) {
    return (
      <Page title={run}>
        <Empty
          title="There is no such run"
          hint={
            <>
              Runs are kept for 90 days. <Go to="/runs">Look at all runs</Go>.
            </>
          }
        />
      </Page>
    );
  }
  return (
    <Page title={run}>
      <Trouble error={error} retry={retry} />
    </Page>
  );
}
