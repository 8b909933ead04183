import Box from "@cloudscape-design/components/box";
import type { TableProps } from "@cloudscape-design/components/table";
import { api, type Model } from "../../api/client";
import { Empty } from "../../parts/Empty";
import { Go } from "../../parts/Go";
import { Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Age, DeadLetters, Depth, Rate } from "./Figures";
import { purposeOf } from "./purposes";

type Topic = Model<"TopicModel">;

const REFRESH = 5_000;

const COLUMNS: TableProps.ColumnDefinition<Topic>[] = [
  {
    id: "name",
    header: "Queue",
    isRowHeader: true,
    minWidth: 150,
    cell: (one) => (
      <>
        <Go to={`/topics/${one.name}`}>{one.name}</Go>
        <Box variant="small" display="block">
          {purposeOf(one.name)}
        </Box>
      </>
    ),
  },
  { id: "depth", header: "Waiting", cell: (one) => <Depth of={one} /> },
  { id: "dead", header: "Dead letters", minWidth: 110, cell: (one) => <DeadLetters of={one} /> },
  {
    id: "age",
    header: "Oldest message",
    minWidth: 110,
    cell: (one) => <Age seconds={one.oldest_seconds} count={one.depth} />,
  },
  { id: "rate", header: "In the last hour", cell: (one) => <Rate of={one} /> },
  {
    id: "dead_age",
    header: "Oldest dead letter",
    cell: (one) => <Age seconds={one.dead_letters_oldest_seconds} count={one.dead_letters} />,
  },
];

// CloudWatch measures ages and rates, minutes late; the embedded AWS does not.
function unmeasured(queues: Topic[]): string | undefined {
  const measured = queues.some((one) => one.sent_last_hour !== null || one.oldest_seconds !== null);
  return measured ? undefined : "Ages and rates are measured by CloudWatch: here they are not known.";
}

export function TopicList() {
  const query = api.useQuery("get", "/topics", {}, { refetchInterval: REFRESH });
  return (
    <Page
      title="Topics"
      description="How much waits on the queues behind the topics, how old it is, and what could not be worked on."
    >
      <Listing
        title="Queues"
        query={query}
        columns={COLUMNS}
        idOf={(one) => one.name}
        description={query.data && unmeasured(query.data.items)}
        empty={<Empty title="No queue" hint="The deployment has none, or its outputs could not be read." />}
      />
    </Page>
  );
}
