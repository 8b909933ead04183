// Every connector there is, as cards to choose from.

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Cards from "@cloudscape-design/components/cards";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import TextFilter from "@cloudscape-design/components/text-filter";
import { api, type Model } from "../../api/client";
import { useMe } from "../../api/me";
import { Empty } from "../../parts/Empty";
import { Go, GoButton } from "../../parts/Go";
import { Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { useFilters } from "../../parts/useFilters";
import { found } from "./finding";

type Connector = Model<"ConnectorSummary">;

/** The API's largest page; there are a few dozen connectors. */
const MOST = 200;
const REFRESH = 15_000;

export function Catalogue() {
  const { may } = useMe();
  const filters = useFilters();
  const query = api.useQuery(
    "get",
    "/connectors",
    { params: { query: { limit: MOST } } },
    { refetchInterval: REFRESH },
  );
  const wanted = filters.get("q");
  const items = found(query.data?.items ?? [], wanted);
  const register = may("POST /connectors/{name}/versions") && (
    <GoButton to="/connectors/Register" variant="primary">
      Register a connector
    </GoButton>
  );
  return (
    <Page
      title="Connectors"
      description="A connector knows one vendor's API: what can be read, how, and what it becomes."
      actions={register}
    >
      {query.error && !query.data ? (
        <Trouble error={query.error} retry={() => query.refetch()} />
      ) : (
        <Cards
          items={items}
          loading={query.isPending}
          loadingText="Loading the connectors"
          trackBy="name"
          cardDefinition={CARD}
          cardsPerRow={[{ cards: 1 }, { minWidth: 600, cards: 2 }, { minWidth: 1000, cards: 3 }]}
          header={<Header counter={`(${items.length})`}>Catalogue</Header>}
          filter={
            <TextFilter
              filteringText={wanted}
              filteringPlaceholder="Find by name or stream"
              filteringAriaLabel="Find a connector"
              onChange={(event) => filters.set("q", event.detail.filteringText)}
            />
          }
          empty={
            <Empty
              title={wanted ? "No connector of that name or stream" : "There is no connector"}
              hint="Another one is drafted from a vendor's OpenAPI document, or registered from a folder."
              action={register}
            />
          }
        />
      )}
    </Page>
  );
}

const CARD = {
  header: (one: Connector) => (
    <Go to={`/connectors/${one.name}`} variant="primary">
      {one.title || one.name}
    </Go>
  ),
  sections: [
    { id: "state", content: (one: Connector) => <State of={one} /> },
    {
      id: "streams",
      header: "Streams",
      content: (one: Connector) => <Box color="text-body-secondary">{one.streams.join(", ") || "–"}</Box>,
    },
  ],
};

function State({ of }: { of: Connector }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Badge>{of.name}</Badge>
      {of.registered && <Badge color="blue">registered here</Badge>}
      {of.valid ? <Certified of={of} /> : <Broken of={of} />}
    </SpaceBetween>
  );
}

function Certified({ of }: { of: Connector }) {
  if (!of.certified) {
    return <StatusIndicator type="pending">not certified</StatusIndicator>;
  }
  const changed = of.certified.includes("changed");
  return <StatusIndicator type={changed ? "warning" : "success"}>certified {of.certified}</StatusIndicator>;
}

function Broken({ of }: { of: Connector }) {
  return (
    <span title={of.faults.join("\n")}>
      <StatusIndicator type="error">{`${of.faults.length} faults in its files`}</StatusIndicator>
    </span>
  );
}
