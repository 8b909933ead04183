// One of a few, or none of them: a filter above a table.

import Select from "@cloudscape-design/components/select";

interface ChoiceProps {
  label: string;
  /** What none of them is called: "Every state". */
  none?: string;
  options: readonly string[];
  value: string;
  onChoose: (value: string) => void;
}

export function Choice({ label, none, options, value, onChoose }: ChoiceProps) {
  const every = none === undefined ? [] : [{ value: "", label: none }];
  const known = [...every, ...options.map((one) => ({ value: one, label: one }))];
  return (
    <Select
      ariaLabel={label}
      placeholder={label}
      options={known}
      selectedOption={known.find((one) => one.value === value) ?? null}
      filteringType={options.length > 10 ? "auto" : "none"}
      empty="There is none"
      onChange={(event) => onChoose(event.detail.selectedOption.value ?? "")}
    />
  );
}
