// One queue: its figures, what waits on it, its dead letters, and moving those back.

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useParams } from "react-router";
import { api } from "../../api/client";
import { useMe } from "../../api/me";
import { Loading } from "../../parts/Loading";
import { Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { PageNotFound } from "../../shell/PageNotFound";
import { Age, DeadLetters, Depth, Rate } from "./Figures";
import { Messages } from "./Messages";
import { purposeOf } from "./purposes";
import { Redrive } from "./Redrive";

const REFRESH = 5_000;

export function TopicPage() {
  const { name = "" } = useParams();
  const { may } = useMe();
  const query = api.useQuery("get", "/topics", {}, { refetchInterval: REFRESH });
  if (query.isPending) {
    return <Loading what="the queue" />;
  }
  if (query.data === undefined) {
    return (
      <Page title={name}>
        <Trouble error={query.error} retry={() => query.refetch()} />
      </Page>
    );
  }
  const topic = query.data.items.find((one) => one.name === name);
  if (topic === undefined) {
    return <PageNotFound />;
  }
  const hasQueue = topic.depth !== null;
  const canRedrive = hasQueue && topic.dead_letters !== null && may("POST /topics/{name}/redrive");
  return (
    <Page
      title={topic.name}
      description={purposeOf(topic.name)}
      actions={canRedrive && <Redrive topic={topic} onMoved={() => query.refetch()} />}
    >
      <Container header={<Header variant="h2">Now</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: "Waiting", value: <Depth of={topic} /> },
            { label: "Oldest", value: <Age seconds={topic.oldest_seconds} count={topic.depth} /> },
            { label: "Came in the last hour", value: <Rate of={topic} /> },
            { label: "Dead letters", value: <DeadLetters of={topic} /> },
            {
              label: "Oldest dead letter",
              value: <Age seconds={topic.dead_letters_oldest_seconds} count={topic.dead_letters} />,
            },
          ]}
        />
      </Container>
      {may("GET /topics/{name}/messages") && (
        <Messages topic={topic} canRedrive={canRedrive} onMoved={() => query.refetch()} />
      )}
    </Page>
  );
}
