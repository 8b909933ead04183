// One setting of a connector, as the field that its schema asks for.

import DatePicker from "@cloudscape-design/components/date-picker";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import Textarea from "@cloudscape-design/components/textarea";
import Toggle from "@cloudscape-design/components/toggle";
import { type Field, type Kind, shown } from "./fields";

interface SettingProps {
  field: Field;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
  /** The field was left: what is wrong with it may be said now. */
  onLeave: () => void;
}

export function SettingField(props: SettingProps) {
  const { field, error } = props;
  return (
    <FormField
      label={
        <>
          {field.title}
          {!field.required && field.usual === undefined && <i> - optional</i>}
        </>
      }
      description={field.description}
      constraintText={constraint(field)}
      errorText={error}
      stretch={field.kind === "json"}
    >
      <Control {...props} />
    </FormField>
  );
}

/** Kinds whose usual value is seen as what is chosen. */
const CHOSEN = new Set<Kind>(["switch", "choice"]);

function constraint(field: Field): string | undefined {
  const parts = [
    field.kind === "json" ? "As JSON." : "",
    field.usual !== undefined && !CHOSEN.has(field.kind)
      ? `Left empty: ${shown(field.usual) || "empty"}.`
      : "",
    field.example ? `Such as ${field.example}.` : "",
  ];
  return parts.filter(Boolean).join(" ") || undefined;
}

function Control({ field, value, error, onChange, onLeave }: SettingProps) {
  const usual = shown(field.usual);
  switch (field.kind) {
    case "choice":
      return <Options field={field} value={value} onChange={onChange} onLeave={onLeave} />;
    case "switch":
      return (
        <Toggle
          checked={(value || usual) === "true"}
          onChange={(event) => onChange(String(event.detail.checked))}
          onBlur={onLeave}
        >
          {field.title}
        </Toggle>
      );
    case "date":
      return (
        <DatePicker
          value={value}
          placeholder={usual || "YYYY-MM-DD"}
          format="iso"
          invalid={error !== undefined}
          onChange={(event) => onChange(event.detail.value)}
          onBlur={onLeave}
          openCalendarAriaLabel={() => `Choose ${field.title}`}
        />
      );
    case "json":
      return (
        <Textarea
          value={value}
          placeholder={usual}
          rows={3}
          spellcheck={false}
          onChange={(event) => onChange(event.detail.value)}
          onBlur={onLeave}
        />
      );
    default:
      return (
        <Input
          value={value}
          placeholder={usual}
          type={field.kind === "uri" ? "url" : "text"}
          inputMode={field.kind === "number" ? "numeric" : undefined}
          autoComplete={false}
          spellcheck={false}
          onChange={(event) => onChange(event.detail.value)}
          onBlur={onLeave}
        />
      );
  }
}

function Options({ field, value, onChange, onLeave }: Omit<SettingProps, "error">) {
  const none = field.usual === undefined && !field.required ? [{ value: "", label: "(none)" }] : [];
  const options = [...none, ...field.options.map((one) => ({ value: shown(one), label: shown(one) }))];
  const chosen = value || shown(field.usual);
  return (
    <Select
      options={options}
      placeholder="Choose one"
      selectedOption={options.find((one) => one.value === chosen) ?? null}
      onChange={(event) => onChange(event.detail.selectedOption.value ?? "")}
      onBlur={onLeave}
    />
  );
}
