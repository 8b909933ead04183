// Which streams a connection reads: every one, or those that are ticked.

import Badge from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Model } from "../../../api/client";

interface StreamsProps {
  known: Model<"StreamModel">[];
  chosen: string[] | null;
  error: string | undefined;
  onChange: (chosen: string[] | null) => void;
}

export function StreamsField({ known, chosen, error, onChange }: StreamsProps) {
  const every = known.map((stream) => stream.name);
  return (
    <FormField label="What is read" errorText={error} stretch>
      <SpaceBetween size="m">
        <RadioGroup
          value={chosen === null ? "every" : "some"}
          items={[
            {
              value: "every",
              label: `Every stream (${every.length})`,
              description: "Also those that the connector gets later.",
            },
            { value: "some", label: "Only these" },
          ]}
          onChange={(event) => onChange(event.detail.value === "every" ? null : every)}
        />
        {chosen !== null && <Ticks known={known} chosen={chosen} onChange={onChange} />}
      </SpaceBetween>
    </FormField>
  );
}

function Ticks({
  known,
  chosen,
  onChange,
}: { known: StreamsProps["known"]; chosen: string[] } & Pick<StreamsProps, "onChange">) {
  const gone = chosen.filter((name) => !known.some((stream) => stream.name === name));
  const tick = (name: string, isOn: boolean) =>
    onChange(isOn ? [...chosen, name] : chosen.filter((one) => one !== name));
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="xs">
        <Button formAction="none" onClick={() => onChange(known.map((stream) => stream.name))}>
          Tick all
        </Button>
        <Button formAction="none" onClick={() => onChange([])}>
          Tick none
        </Button>
      </SpaceBetween>
      <ColumnLayout columns={3}>
        {known.map((stream) => (
          <Checkbox
            key={stream.name}
            checked={chosen.includes(stream.name)}
            description={stream.name === stream.entity ? undefined : `becomes ${stream.entity}`}
            onChange={(event) => tick(stream.name, event.detail.checked)}
          >
            {stream.name} {stream.personal && <Badge>personal data</Badge>}
          </Checkbox>
        ))}
        {gone.map((name) => (
          <Checkbox
            key={name}
            checked
            description="the connector has it no more"
            onChange={() => tick(name, false)}
          >
            {name}
          </Checkbox>
        ))}
      </ColumnLayout>
    </SpaceBetween>
  );
}
