// Some of the messages that wait. Looking counts as a delivery, so it is done when a person asks, never by itself.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { client, type Model } from "../../api/client";
import { Code } from "../../parts/Code";
import { Empty } from "../../parts/Empty";
import { Trouble } from "../../parts/Trouble";
import { headline, pretty, standing } from "./messages";

type Topic = Model<"TopicModel">;
type Message = Model<"MessageModel">;

const PEEKED = 10;

export function Messages({ topic }: { topic: Topic }) {
  const hasQueue = topic.depth !== null;
  const [which, setWhich] = useState(hasQueue ? "waiting" : "dead");
  const peeking = usePeek(topic.name, which === "dead");
  const choose = (chosen: string) => {
    setWhich(chosen);
    peeking.forget();
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Looking hides a message from its consumers for five seconds, and counts as a delivery."
          actions={
            <Button loading={peeking.busy} onClick={peeking.look}>
              Look at {PEEKED}
            </Button>
          }
        >
          Messages
        </Header>
      }
    >
      <SpaceBetween size="m">
        {hasQueue && topic.dead_letters !== null && (
          <SegmentedControl
            label="Which messages"
            selectedId={which}
            options={[
              { id: "waiting", text: "Waiting" },
              { id: "dead", text: "Dead letters" },
            ]}
            onChange={(event) => choose(event.detail.selectedId)}
          />
        )}
        {peeking.error ? <Trouble error={peeking.error} retry={peeking.look} /> : null}
        <Found messages={peeking.found} />
      </SpaceBetween>
    </Container>
  );
}

function Found({ messages }: { messages: Message[] | null }) {
  if (messages === null) {
    return <Box color="text-body-secondary">Nothing was looked at yet.</Box>;
  }
  if (messages.length === 0) {
    return (
      <Empty
        title="Nothing waits"
        hint="Or others have it in their hands just now: look again in a moment."
      />
    );
  }
  return messages.map((one) => (
    <ExpandableSection key={one.id} headerText={headline(one)} headerDescription={standing(one)}>
      <SpaceBetween size="s">
        <Code value={one.attributes} label="Attributes" />
        <Code value={pretty(one.body)} label={`Message ${one.id}`} copy />
      </SpaceBetween>
    </ExpandableSection>
  ));
}

function usePeek(name: string, deadLetters: boolean) {
  const [found, setFound] = useState<Message[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const look = async () => {
    setBusy(true);
    setError(null);
    try {
      const { data } = await client.GET("/topics/{name}/messages", {
        params: { path: { name }, query: { limit: PEEKED, dead_letters: deadLetters } },
      });
      setFound(data?.items ?? []);
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const forget = () => {
    setFound(null);
    setError(null);
  };
  return { found, error, busy, look, forget };
}
