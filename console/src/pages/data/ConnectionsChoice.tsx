// Some connections, or all of them where none is chosen.

import Multiselect from "@cloudscape-design/components/multiselect";
import { useEntities } from "./entities";

interface ConnectionsChoiceProps {
  chosen: string[];
  onChoose: (names: string[]) => void;
}

export function ConnectionsChoice({ chosen, onChoose }: ConnectionsChoiceProps) {
  const { data } = useEntities();
  const known = data?.items.flatMap((one) => Object.keys(one.connections)) ?? [];
  const options = [...new Set([...chosen, ...known])].sort().map((name) => ({ value: name, label: name }));
  return (
    <Multiselect
      placeholder={chosen.length > 0 ? "Chosen" : "Every connection"}
      options={options}
      selectedOptions={options.filter((one) => chosen.includes(one.value))}
      inlineTokens
      empty="There is none"
      onChange={({ detail }) => onChoose(detail.selectedOptions.flatMap((one) => one.value ?? []))}
    />
  );
}
