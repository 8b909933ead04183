// A subscription is made or changed. Where it goes is written only: what is stored is not shown again.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { client, type Model } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { Faults } from "../../parts/Trouble";
import { useNews } from "../../shell/News";
import { changeSubscription, etagOf } from "./changing";
import { FIELDS, Fields, type Values } from "./Fields";

type Subscription = Model<"SubscriptionModel">;

interface EditorProps {
  /** What is changed; null makes a new one. */
  subscription: Subscription | null;
  onDone: (signingKey?: string | null) => void;
  onClose: () => void;
}

export function Editor({ subscription, onDone, onClose }: EditorProps) {
  const [values, setValues] = useState<Values>(() => valuesOf(subscription));
  const saving = useSaving(subscription, onDone);
  const title = subscription ? `Change ${subscription.name}` : "Add a subscription";
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      footer={
        <SpaceBetween size="s">
          {saving.problem && (
            <Alert type="error">
              <Wrong problem={saving.problem} />
            </Alert>
          )}
          <Box float="right">
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" onClick={onClose}>
                Cancel
              </Button>
              <Button variant="primary" loading={saving.busy} onClick={() => saving.save(values)}>
                {subscription ? "Save" : "Add it"}
              </Button>
            </SpaceBetween>
          </Box>
        </SpaceBetween>
      }
    >
      <Fields values={values} known={subscription} problem={saving.problem} onChange={setValues} />
    </Modal>
  );
}

// What is wrong with a field stands at the field; here is the rest.
function Wrong({ problem }: { problem: Problem }) {
  const others = problem.elsewhere(FIELDS);
  if (problem.faults.length > 0 && others.length === 0) {
    return "Something in the form is not right yet.";
  }
  return (
    <>
      {problem.message}
      <Faults of={others} />
    </>
  );
}

function useSaving(subscription: Subscription | null, onDone: EditorProps["onDone"]) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const news = useNews();
  const save = async (values: Values) => {
    setBusy(true);
    setProblem(null);
    try {
      const key = subscription ? await change(subscription, values) : await add(values);
      news.tell(subscription ? `${subscription.name} is changed.` : `${values.name} is told from now on.`);
      onDone(key);
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return { busy, problem, save };
}

async function add({
  name,
  channel,
  target,
  severities,
  kinds,
  connections,
}: Values): Promise<string | null> {
  const body = { name, channel, target, severities, kinds, connections };
  const { data } = await client.POST("/subscriptions", { body });
  return data?.signing_key ?? null;
}

async function change(subscription: Subscription, values: Values): Promise<null> {
  const { severities, kinds, connections } = values;
  const settings = { severities, kinds, connections, paused: subscription.paused };
  const target = values.target === "" ? {} : { target: values.target };
  await changeSubscription(subscription.name, { ...settings, ...target }, await etagOf(subscription.name));
  return null;
}

function valuesOf(subscription: Subscription | null): Values {
  return {
    name: subscription?.name ?? "",
    channel: subscription?.channel ?? "email",
    target: "",
    severities: subscription?.severities ?? ["warning", "error"],
    kinds: subscription?.kinds ?? [],
    connections: subscription?.connections ?? [],
  };
}
