// What can be done to a subscription: try it, change it, pause it, renew its key, remove it.

import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import { client, type Model } from "../../api/client";
import { Ask } from "../../parts/Ask";
import { useNews } from "../../shell/News";
import { changeSubscription, etagOf } from "./changing";

type Subscription = Model<"SubscriptionModel">;

interface RowActionsProps {
  subscription: Subscription;
  onChange: () => void;
  onDone: () => void;
  onKey: (key: string) => void;
}

export function RowActions({ subscription, onChange, onDone, onKey }: RowActionsProps) {
  const [asked, setAsked] = useState<"rotate" | "remove" | null>(null);
  const test = useTest(subscription.name, onDone);
  const pause = usePause(subscription, onDone);
  const isSent = subscription.state === "active" || subscription.state === "failing";
  const choose = (id: string) => {
    if (id === "change") {
      onChange();
    } else if (id === "pause") {
      void pause(isSent);
    } else if (id === "rotate" || id === "remove") {
      setAsked(id);
    }
  };
  return (
    <>
      <ButtonDropdown
        ariaLabel={`More for ${subscription.name}`}
        mainAction={{
          text: "Test",
          ariaLabel: `Test ${subscription.name}`,
          loading: test.busy,
          onClick: test.send,
        }}
        items={[
          { id: "change", text: "Change" },
          { id: "pause", text: isSent ? "Pause" : "Let it go on" },
          ...(subscription.channel === "webhook" ? [{ id: "rotate", text: "New signing key" }] : []),
          { id: "remove", text: "Remove" },
        ]}
        onItemClick={(event) => choose(event.detail.id)}
      />
      {asked && (
        <Sure
          subscription={subscription}
          what={asked}
          onClose={() => setAsked(null)}
          onKey={onKey}
          onDone={() => {
            setAsked(null);
            onDone();
          }}
        />
      )}
    </>
  );
}

function useTest(name: string, onDone: () => void) {
  const [busy, setBusy] = useState(false);
  const news = useNews();
  const send = async () => {
    setBusy(true);
    try {
      const { data } = await client.POST("/subscriptions/{name}/test", { params: { path: { name } } });
      if (data?.arrived) {
        news.tell(`A test was sent to ${name}, and its receiver took it.`);
      } else {
        news.complain(new Error(data?.error ?? "no answer"), `The test of ${name} did not arrive`);
      }
    } catch (error) {
      news.complain(error);
    } finally {
      setBusy(false);
      onDone();
    }
  };
  return { busy, send };
}

function usePause(subscription: Subscription, onDone: () => void) {
  const news = useNews();
  return async (paused: boolean) => {
    try {
      const { name, severities, kinds, connections } = subscription;
      await changeSubscription(name, { severities, kinds, connections, paused }, await etagOf(name));
      news.tell(paused ? `Nothing is sent to ${name} any more.` : `${name} is told again.`);
    } catch (error) {
      news.complain(error);
    }
    onDone();
  };
}

interface SureProps {
  subscription: Subscription;
  what: "rotate" | "remove";
  onDone: () => void;
  onKey: (key: string) => void;
  onClose: () => void;
}

function Sure({ subscription, what, onDone, onKey, onClose }: SureProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { name } = subscription;
  const act = async () => {
    setBusy(true);
    setError(null);
    try {
      if (what === "remove") {
        const header = { "if-match": await etagOf(name) };
        await client.DELETE("/subscriptions/{name}", { params: { path: { name }, header } });
      } else {
        const { data } = await client.POST("/subscriptions/{name}/rotate", { params: { path: { name } } });
        onKey(data?.signing_key ?? "");
      }
      onDone();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return what === "remove" ? (
    <Ask
      title={`Remove ${name}?`}
      action="Remove it"
      busy={busy}
      error={error}
      onAnswer={act}
      onClose={onClose}
    >
      Nobody is told by it any more. Its address and its keys are forgotten.
    </Ask>
  ) : (
    <Ask
      title={`A new key for ${name}?`}
      action="Make one"
      busy={busy}
      error={error}
      onAnswer={act}
      onClose={onClose}
    >
      The new key is shown once. For a day both keys sign, so that the receiver can change over.
    </Ask>
  );
}
