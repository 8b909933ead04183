// Some of the messages that wait. Looking counts as a delivery, so it is done when a person asks, never by itself.
// Dead letters can be ticked, to go back to their queue.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
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
import { MoveChosen } from "./MoveChosen";
import { headline, pretty, standing } from "./messages";

type Topic = Model<"TopicModel">;
type Message = Model<"MessageModel">;

const PEEKED = 10;

interface MessagesProps {
  topic: Topic;
  canRedrive: boolean;
  onMoved: () => void;
}

export function Messages({ topic, canRedrive, onMoved }: MessagesProps) {
  const hasQueue = topic.depth !== null;
  const [which, setWhich] = useState(hasQueue ? "waiting" : "dead");
  const peeking = usePeek(topic.name, which === "dead");
  const [ticked, setTicked] = useState<string[]>([]);
  const chosen = ticked.filter((id) => peeking.found?.some((one) => one.id === id));
  const canMove = canRedrive && which === "dead";
  const show = (shown: string) => {
    setWhich(shown);
    peeking.forget();
  };
  const moved = () => {
    peeking.drop(chosen);
    onMoved();
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Looking hides a message from its consumers for five seconds, and counts as a delivery."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {canMove && <MoveChosen name={topic.name} chosen={chosen} onMoved={moved} />}
              <Button loading={peeking.busy} onClick={peeking.look}>
                Look at {PEEKED}
              </Button>
            </SpaceBetween>
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
            onChange={(event) => show(event.detail.selectedId)}
          />
        )}
        {peeking.error ? <Trouble error={peeking.error} retry={peeking.look} /> : null}
        <Found messages={peeking.found} ticked={chosen} onTick={canMove ? setTicked : undefined} />
      </SpaceBetween>
    </Container>
  );
}

interface FoundProps {
  messages: Message[] | null;
  ticked: string[];
  /** Where messages can be ticked. */
  onTick?: (ids: string[]) => void;
}

function Found({ messages, ticked, onTick }: FoundProps) {
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
  const tick = (id: string, on: boolean) =>
    onTick?.(on ? [...ticked, id] : ticked.filter((one) => one !== id));
  return messages.map((one) => (
    <SpaceBetween key={one.id} size="xxs">
      <ExpandableSection headerText={headline(one)} headerDescription={standing(one)}>
        <SpaceBetween size="s">
          <Code value={one.attributes} label="Attributes" />
          <Code value={pretty(one.body)} label={`Message ${one.id}`} copy />
        </SpaceBetween>
      </ExpandableSection>
      {onTick && (
        <Checkbox
          checked={ticked.includes(one.id)}
          onChange={({ detail }) => tick(one.id, detail.checked)}
          ariaLabel={`Choose ${headline(one)}, message ${one.id}`}
        >
          Choose
        </Checkbox>
      )}
    </SpaceBetween>
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
  const drop = (ids: string[]) => setFound((now) => now?.filter((one) => !ids.includes(one.id)) ?? null);
  return { found, error, busy, look, forget, drop };
}
