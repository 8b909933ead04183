// One record that was set aside: what is wrong with it, what to do, and the record as the ERP sent it.

import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useParams } from "react-router";
import { api, type Model } from "../../api/client";
import { asProblem } from "../../api/problem";
import { Code } from "../../parts/Code";
import { Go, GoButton } from "../../parts/Go";
import { Loading } from "../../parts/Loading";
import { Page } from "../../parts/Page";
import { Faults, Trouble } from "../../parts/Trouble";
import { faultsOf } from "./faults";
import { Mending } from "./Mending";
import { ReplayButton } from "./Replaying";
import { wantedOf } from "./wanted";

export function RecordPage() {
  const { connection = "", stream = "", record = "" } = useParams();
  const query = api.useQuery("get", "/connections/{name}/quarantine/{stream}/{record}", {
    params: { path: { name: connection, stream, record } },
  });
  if (query.isPending) {
    return <Loading what="the record" />;
  }
  // Also after it was here: a replay took it meanwhile.
  if (query.error && asProblem(query.error).status === 404) {
    return <Gone connection={connection} stream={stream} />;
  }
  if (query.data === undefined) {
    return <Trouble error={query.error} retry={() => query.refetch()} />;
  }
  return <Aside connection={connection} of={query.data} />;
}

function Aside({ connection, of }: { connection: string; of: Model<"QuarantinedModel"> }) {
  return (
    <Page
      title={`${of.stream} ${of.source_id ?? "without an id"}`}
      description={
        <>
          Set aside by <Go to={`/runs/${of.run}`}>{of.run}</Go>
        </>
      }
      actions={
        <ReplayButton connection={connection} wanted={wantedOf([of])}>
          Replay it
        </ReplayButton>
      }
    >
      <Alert type="warning" header="What is wrong">
        <Faults of={faultsOf(of)} />
      </Alert>
      <Mending connection={connection} stream={of.stream} />
      <Container
        header={
          <Header
            variant="h2"
            description={of.redacted ? "Personal values are masked: an operator sees them." : undefined}
          >
            As the ERP sent it
          </Header>
        }
      >
        <Code label="The record" value={of.record} copy />
      </Container>
    </Page>
  );
}

function Gone({ connection, stream }: { connection: string; stream: string }) {
  return (
    <Page title={stream}>
      <Alert
        type="info"
        header="This record is not set aside any more"
        action={<GoButton to={`/quarantine?connection=${connection}`}>What else is set aside</GoButton>}
      >
        It was handed over again, or read again later. The runs of{" "}
        <Go to={`/connections/${connection}`}>{connection}</Go> say which.
      </Alert>
    </Page>
  );
}
