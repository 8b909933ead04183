// A button may go with what it did: then the page takes the focus, so that who uses a keyboard does not lose it.

import { useEffect, useRef } from "react";

/** Looks each time when `state` is another than before. */
export function useFocusKept(state: string) {
  const before = useRef(state);
  useEffect(() => {
    if (before.current === state) {
      return;
    }
    before.current = state;
    if (document.activeElement === null || document.activeElement === document.body) {
      document.getElementById("main")?.focus({ preventScroll: true });
    }
  }, [state]);
}
