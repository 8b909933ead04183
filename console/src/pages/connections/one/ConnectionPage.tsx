// One connection: what needs a person first, how it is, its streams, runs, changes, settings, and who did what.

import Tabs from "@cloudscape-design/components/tabs";
import { useParams } from "react-router";
import { useMe } from "../../../api/me";
import { asProblem } from "../../../api/problem";
import { CostOfConnection } from "../../../parts/cost/CostOfConnection";
import { Go } from "../../../parts/Go";
import { Loading } from "../../../parts/Loading";
import { Page } from "../../../parts/Page";
import { Trouble } from "../../../parts/Trouble";
import { PageNotFound } from "../../../shell/PageNotFound";
import { type Stored, useStored } from "../stored";
import { useHealth } from "../useHealth";
import { Actions } from "./Actions";
import { Changes } from "./Changes";
import { History } from "./History";
import { Matters } from "./Matters";
import { Now } from "./Now";
import { Runs } from "./Runs";
import { Settings } from "./Settings";
import { Streams } from "./Streams";

const REFRESH = 5_000;

export function ConnectionPage() {
  const { name = "" } = useParams();
  const stored = useStored(name, REFRESH);
  if (stored.data) {
    return <Known key={name} stored={stored.data} />;
  }
  if (stored.error) {
    return asProblem(stored.error).status === 404 ? (
      <PageNotFound />
    ) : (
      <Trouble error={stored.error} retry={() => stored.refetch()} />
    );
  }
  return <Loading what="the connection" />;
}

function Known({ stored }: { stored: Stored }) {
  const { may } = useMe();
  const { found: connection } = stored;
  const { health, matters } = useHealth(connection.name);
  const tabs = [
    { id: "streams", label: "Streams", content: <Streams connection={connection} health={health} /> },
    { id: "runs", label: "Runs", content: <Runs connection={connection.name} /> },
    { id: "changes", label: "API changes", content: <Changes connection={connection.name} /> },
    { id: "cost", label: "Cost", content: <CostOfConnection name={connection.name} /> },
    { id: "settings", label: "Settings", content: <Settings connection={connection} /> },
    { id: "history", label: "Who did what", content: <History connection={connection.name} /> },
  ];
  const needs: Record<string, string> = {
    runs: "GET /runs",
    changes: "GET /changes",
    cost: "GET /connections/{name}/cost",
    history: "GET /connections/{name}/audit",
  };
  return (
    <Page
      title={connection.name}
      description={
        <>
          Reads <Go to={`/connectors/${connection.connector}`}>{connection.connector}</Go>
        </>
      }
      actions={<Actions stored={stored} health={health} />}
    >
      <Matters connection={connection} matters={matters} />
      <Now connection={connection} health={health} />
      <Tabs
        ariaLabel="More of the connection"
        tabs={tabs.filter((tab) => needs[tab.id] === undefined || may(needs[tab.id] ?? ""))}
      />
    </Page>
  );
}
