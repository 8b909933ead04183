// What is seldom set: what to do about kinds of API changes, and how many events go into a message.

import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Draft } from "./draft";

type Rule = Draft["policy"][number];

const ACTIONS = ["go_on", "notify", "quarantine", "hold", "fail"].map((value) => ({ value, label: value }));

interface PolicyProps {
  draft: Draft;
  errors: { policy: string | undefined; events: string | undefined };
  onChange: (changed: Partial<Draft>) => void;
}

export function PolicyField({ draft, errors, onChange }: PolicyProps) {
  const put = (index: number, changed: Partial<Rule>) =>
    onChange({ policy: draft.policy.map((rule, at) => (at === index ? { ...rule, ...changed } : rule)) });
  return (
    <SpaceBetween size="l">
      <FormField
        label="Events in a message"
        constraintText="1 to 1000. Left empty: as many as fit."
        errorText={errors.events}
      >
        <Input
          value={draft.eventsPerMessage}
          inputMode="numeric"
          onChange={(event) => onChange({ eventsPerMessage: event.detail.value })}
        />
      </FormField>
      <FormField
        label="What to do about API changes"
        description="By the code of a kind of change, such as D21. Without: as is usual."
        errorText={errors.policy}
        stretch
      >
        <AttributeEditor
          items={draft.policy}
          empty="All as is usual."
          addButtonText="Add a rule"
          removeButtonText="Remove"
          onAddButtonClick={() => onChange({ policy: [...draft.policy, { code: "", action: "hold" }] })}
          onRemoveButtonClick={(event) =>
            onChange({ policy: draft.policy.filter((_, index) => index !== event.detail.itemIndex) })
          }
          definition={[
            {
              label: "Code",
              control: (rule, index) => (
                <Input value={rule.code} onChange={(event) => put(index, { code: event.detail.value })} />
              ),
            },
            {
              label: "Then",
              control: (rule, index) => (
                <Select
                  options={ACTIONS}
                  selectedOption={ACTIONS.find((one) => one.value === rule.action) ?? null}
                  onChange={(event) => put(index, { action: event.detail.selectedOption.value ?? "" })}
                />
              ),
            },
          ]}
        />
      </FormField>
    </SpaceBetween>
  );
}
