// One clock for every time that is shown: a table has hundreds of them, and they go on together.

import { useSyncExternalStore } from "react";

const STEP = 10_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tell, STEP);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

// Nobody looks at a hidden tab; one that is shown again is right within a step.
function tell(): void {
  if (!document.hidden) {
    for (const listener of listeners) {
      listener();
    }
  }
}

const now = () => Math.floor(Date.now() / STEP);

/** Has whoever uses it drawn again every ten seconds. */
export function useClock(): void {
  useSyncExternalStore(listen, now);
}
