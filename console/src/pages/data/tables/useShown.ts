// The columns that a person chose for a table; kept in this browser, where it lets us.

import { useState } from "react";

const keyOf = (entity: string) => `sluice.columns.${entity}`;

function kept(entity: string): string[] | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(keyOf(entity)) ?? "null");
    return Array.isArray(found) && found.every((one) => typeof one === "string") ? found : null;
  } catch {
    return null;
  }
}

/** Returns the chosen names, or the usual ones, and how to choose others. */
export function useShown(entity: string, usual: string[]): [string[], (names: string[]) => void] {
  const [chosen, setChosen] = useState<Record<string, string[]>>({});
  const shown = chosen[entity] ?? kept(entity) ?? usual;
  const choose = (names: string[]) => {
    setChosen({ ...chosen, [entity]: names });
    try {
      localStorage.setItem(keyOf(entity), JSON.stringify(names));
    } catch {
      // A browser that keeps nothing still shows what was chosen, until it is closed.
    }
  };
  return [shown, choose];
}
