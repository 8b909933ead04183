// The overview: what needs a person first, and how every connection is.

import SpaceBetween from "@cloudscape-design/components/space-between";
import { api, type Model } from "../../api/client";
import { Loading } from "../../parts/Loading";
import { Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { Connections } from "./Connections";
import { Figures } from "./Figures";
import { figuresOf, isRunning } from "./health";
import { Matters } from "./Matters";

const LIVE = 3_000;
const AT_REST = 10_000;

export default function OverviewPage() {
  const query = api.useQuery(
    "get",
    "/overview",
    {},
    { refetchInterval: ({ state }) => (state.data?.connections.some(isRunning) ? LIVE : AT_REST) },
  );
  return (
    <Page title="Overview" description="What needs you first, and how every connection is.">
      {query.data && <Found overview={query.data} />}
      {query.isPending && <Loading what="how everything is" />}
      {query.isLoadingError && <Trouble error={query.error} retry={() => query.refetch()} />}
    </Page>
  );
}

function Found({ overview }: { overview: Model<"OverviewModel"> }) {
  return (
    <SpaceBetween size="l">
      {overview.connections.length + overview.first.length > 0 && <Matters first={overview.first} />}
      <Figures of={figuresOf(overview)} />
      <Connections overview={overview} />
    </SpaceBetween>
  );
}
