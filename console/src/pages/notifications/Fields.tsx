// The fields of a subscription.

import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import type { Model } from "../../api/client";
import type { Problem } from "../../api/problem";
import { CHANNELS, type Channel, type Severity } from "./about";
import { Words } from "./Words";

type Subscription = Model<"SubscriptionModel">;

export interface Values {
  name: string;
  channel: Channel;
  target: string;
  severities: Severity[];
  kinds: string[];
  connections: string[];
}

/** Where the API points to when a field is wrong. */
export const FIELDS: readonly string[] = ["/name", "/target", "/severities", "/kinds", "/connections"];

const TARGETS: Record<Channel, { label: string; hint: string }> = {
  email: { label: "Mail address", hint: "ops@example.com" },
  slack: { label: "Webhook URL of the Slack app", hint: "https://hooks.slack.com/services/..." },
  teams: { label: "Webhook URL of the Teams workflow", hint: "https://..." },
  webhook: { label: "Address of the receiver", hint: "https://..." },
};

const SEVERITIES: { id: Severity; label: string; description: string }[] = [
  { id: "error", label: "Errors", description: "A run failed, a stream is held, credentials are refused." },
  { id: "warning", label: "Warnings", description: "Something changed or was set aside; the rest goes on." },
  { id: "info", label: "News", description: "Runs that ended well, incidents that are over." },
];

interface FieldsProps {
  values: Values;
  /** What is changed; null for a new one. */
  known: Subscription | null;
  problem: Problem | null;
  onChange: (values: Values) => void;
}

export function Fields({ values, known, problem, onChange }: FieldsProps) {
  const set = (changed: Partial<Values>) => onChange({ ...values, ...changed });
  return (
    <SpaceBetween size="l">
      {known === null && <NameAndChannel values={values} problem={problem} set={set} />}
      <Where values={values} known={known} problem={problem} set={set} />
      <FormField
        label="Severity"
        constraintText="None of them is warnings and errors."
        errorText={problem?.at("/severities")}
      >
        <SpaceBetween size="xxs">
          {SEVERITIES.map(({ id, label, description }) => (
            <Checkbox
              key={id}
              checked={values.severities.includes(id)}
              description={description}
              onChange={(event) => set({ severities: chosen(values.severities, id, event.detail.checked) })}
            >
              {label}
            </Checkbox>
          ))}
        </SpaceBetween>
      </FormField>
      <Words
        label="Kinds"
        description="None is every kind. A star stands for any signs."
        placeholder="stream.held, or run.*"
        words={values.kinds}
        error={problem?.at("/kinds")}
        onChange={(kinds) => set({ kinds })}
      />
      <Words
        label="Connections"
        description="None is every connection. A star stands for any signs."
        placeholder="acme, or north-*"
        words={values.connections}
        error={problem?.at("/connections")}
        onChange={(connections) => set({ connections })}
      />
    </SpaceBetween>
  );
}

interface PartProps {
  values: Values;
  problem: Problem | null;
  set: (changed: Partial<Values>) => void;
}

function NameAndChannel({ values, problem, set }: PartProps) {
  return (
    <SpaceBetween size="l">
      <FormField
        label="Name"
        constraintText="a-z, 0-9, - and _, a letter first; it cannot be changed later."
        errorText={problem?.at("/name")}
      >
        <Input
          value={values.name}
          placeholder="night"
          onChange={(event) => set({ name: event.detail.value })}
        />
      </FormField>
      <FormField label="Channel">
        <Tiles
          value={values.channel}
          columns={2}
          items={Object.entries(CHANNELS).map(([value, label]) => ({ value, label }))}
          onChange={(event) => set({ channel: event.detail.value as Channel, target: "" })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function Where({ values, known, problem, set }: PartProps & { known: Subscription | null }) {
  const { label, hint } = TARGETS[values.channel];
  const isSecret = values.channel !== "email";
  return (
    <FormField
      label={label}
      description={
        isSecret ? "Kept in the secret store; only its host and last four signs are shown." : undefined
      }
      constraintText={known ? `Now ${known.target}. Leave it empty to keep it.` : undefined}
      errorText={problem?.at("/target")}
    >
      <Input
        value={values.target}
        type={isSecret ? "password" : "email"}
        autoComplete={false}
        placeholder={hint}
        onChange={(event) => set({ target: event.detail.value })}
      />
    </FormField>
  );
}

function chosen(before: Severity[], id: Severity, checked: boolean): Severity[] {
  return checked ? [...new Set([...before, id])] : before.filter((one) => one !== id);
}
