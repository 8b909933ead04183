// One connector: what it reads, what a connection gives, how it is proven, its versions, and a reply tried.

import Tabs from "@cloudscape-design/components/tabs";
import { useParams } from "react-router";
import { api, type Model } from "../../../api/client";
import { useMe } from "../../../api/me";
import { asProblem } from "../../../api/problem";
import { GoButton } from "../../../parts/Go";
import { Loading } from "../../../parts/Loading";
import { Page } from "../../../parts/Page";
import { Trouble } from "../../../parts/Trouble";
import { useFilters } from "../../../parts/useFilters";
import { PageNotFound } from "../../../shell/PageNotFound";
import { TryReply } from "../reply/TryReply";
import { About } from "./About";
import { Contract } from "./Contract";
import { Needs } from "./Needs";
import { Quality } from "./Quality";
import { Streams } from "./Streams";
import { Versions } from "./Versions";

export function ConnectorPage() {
  const { name = "" } = useParams();
  const query = api.useQuery("get", "/connectors/{name}", { params: { path: { name } } });
  if (query.data) {
    return <Known connector={query.data} />;
  }
  if (query.error) {
    return asProblem(query.error).status === 404 ? (
      <PageNotFound />
    ) : (
      <Page title={name}>
        <Trouble error={query.error} retry={() => query.refetch()} />
        <Versions connector={name} version={null} />
      </Page>
    );
  }
  return <Loading what="the connector" />;
}

function Known({ connector }: { connector: Model<"ConnectorModel"> }) {
  const { may } = useMe();
  const filters = useFilters();
  const streams = connector.streams.map((stream) => stream.name);
  const stream = streams.includes(filters.get("stream")) ? filters.get("stream") : (streams[0] ?? "");
  const contract = (
    <Contract
      connector={connector.name}
      streams={streams}
      stream={stream}
      onChoose={(one) => filters.set("stream", one)}
    />
  );
  const tabs = [
    { id: "about", label: "About", content: <About connector={connector} /> },
    { id: "streams", label: `Streams (${streams.length})`, content: <Streams of={connector.streams} /> },
    ...(streams.length > 0 ? [{ id: "contract", label: "Contract", content: contract }] : []),
    { id: "needs", label: "What a connection gives", content: <Needs connector={connector} /> },
    { id: "quality", label: "Quality", content: <Quality of={connector.quality} name={connector.name} /> },
    { id: "try", label: "Try a reply", content: <TryReply connector={connector.name} streams={streams} /> },
    {
      id: "versions",
      label: "Versions",
      content: <Versions connector={connector.name} version={connector.version} />,
    },
  ];
  return (
    <Page
      title={connector.title}
      description={connector.description}
      actions={
        may("POST /connections") && (
          <GoButton to={`/connections/New?connector=${connector.name}`} variant="primary">
            Add a connection
          </GoButton>
        )
      }
    >
      <Tabs
        ariaLabel="The connector"
        tabs={tabs}
        activeTabId={filters.get("tab") || "about"}
        onChange={(event) => filters.set("tab", event.detail.activeTabId)}
      />
    </Page>
  );
}
