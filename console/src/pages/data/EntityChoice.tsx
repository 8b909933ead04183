// A choice of an entity, with the ones that have records first; filters of several views begin with it.

import Select from "@cloudscape-design/components/select";
import { titleOf, useEntities } from "./entities";

interface EntityChoiceProps {
  value: string;
  /** These only; every entity with records where it is not given. */
  among?: readonly string[];
  onChoose: (entity: string) => void;
}

export function EntityChoice({ value, among, onChoose }: EntityChoiceProps) {
  const { data } = useEntities();
  const known = among ?? data?.items.filter((one) => one.records > 0).map((one) => one.entity) ?? [];
  const names = value && !known.includes(value) ? [value, ...known] : known;
  return (
    <Select
      ariaLabel="Table"
      placeholder="Table"
      options={names.map((name) => ({ value: name, label: titleOf(name) }))}
      selectedOption={value ? { value, label: titleOf(value) } : null}
      empty="There are no records yet"
      onChange={({ detail }) => onChoose(detail.selectedOption.value ?? "")}
    />
  );
}
