// A text that is typed before it is asked for, such as a filter that is in the address.

import { useState } from "react";

/**
 * Returns what is typed, how to type, and how to ask for something. `value` is what is asked for now: where
 * somebody else changed it (a link to the page without filters), it is what is typed, too.
 */
export function useTyped(value: string, onAsk: (wanted: string) => void) {
  const [typed, type] = useState(value);
  const [known, setKnown] = useState(value);
  const [own, setOwn] = useState(value);
  if (value !== known) {
    setKnown(value);
    // What was asked for here arrives while the hand types on.
    if (value !== own) {
      setOwn(value);
      type(value);
    }
  }
  const ask = (wanted: string) => {
    setOwn(wanted);
    onAsk(wanted);
  };
  return { typed, type, ask };
}
