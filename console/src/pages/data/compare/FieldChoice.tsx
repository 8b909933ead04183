// Some fields of an entity: those that records are joined by, or those that are compared.

import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import { type Field, useEntities, useTitles } from "../entities";

interface FieldChoiceProps {
  entity: string;
  label: string;
  /** What holds where none is chosen. */
  usual: string;
  isOne: (field: Field) => boolean;
  /** Names, with commas between them. */
  value: string;
  onChoose: (names: string) => void;
}

export function FieldChoice({ entity, label, usual, isOne, value, onChoose }: FieldChoiceProps) {
  const { data } = useEntities();
  const titleOfField = useTitles(entity);
  const fields = data?.items.find((one) => one.entity === entity)?.fields ?? [];
  const known = fields.filter(isOne).map(({ name, title }) => ({ value: name, label: title }));
  const chosen = value ? value.split(",") : [];
  // A part of an address is chosen where it differs, not here.
  const parts = chosen.filter((name) => !known.some((one) => one.value === name));
  const options = [...known, ...parts.map((name) => ({ value: name, label: titleOfField(name) }))];
  return (
    <FormField label={label}>
      <Multiselect
        placeholder={chosen.length > 0 ? "Chosen" : usual}
        options={options}
        selectedOptions={options.filter((one) => chosen.includes(one.value))}
        filteringType="auto"
        inlineTokens
        onChange={({ detail }) =>
          onChoose(detail.selectedOptions.flatMap((one) => one.value ?? []).join(","))
        }
      />
    </FormField>
  );
}

/** Whether two records can be joined by it: one value, which is not the connection's own. */
export const isKey = (field: Field) => field.selectable && !field.reference && !OWN.has(field.name);

/** Whether two ERPs can say the same in it: also an address, part by part. */
export const isComparable = (field: Field) =>
  field.name.endsWith("_address") || (isKey(field) && field.name !== "source_id");

// What says where a record came from is never the same in two ERPs.
const OWN = new Set([
  "id",
  "connection",
  "connector",
  "event_id",
  "event_version",
  "event_time",
  "created_at",
  "updated_at",
]);
