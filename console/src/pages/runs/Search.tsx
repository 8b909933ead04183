// A text that is looked for once the hand rests, so that not every letter asks the API.

import TextFilter from "@cloudscape-design/components/text-filter";
import { useEffect } from "react";
import { useTyped } from "../../parts/useTyped";

const REST = 400;
const MOST = 200;

interface SearchProps {
  label: string;
  value: string;
  onChoose: (value: string) => void;
}

export function Search({ label, value, onChoose }: SearchProps) {
  const { typed, type, ask } = useTyped(value, onChoose);
  // Anew with every rendering: a filter that was chosen meanwhile is not forgotten.
  useEffect(() => {
    if (typed.trim() !== value) {
      const timer = setTimeout(() => ask(typed.trim()), REST);
      return () => clearTimeout(timer);
    }
  });
  return (
    <TextFilter
      filteringText={typed}
      filteringPlaceholder={label}
      filteringAriaLabel={label}
      filteringClearAriaLabel="Clear"
      onChange={(event) => type(event.detail.filteringText.slice(0, MOST))}
    />
  );
}
