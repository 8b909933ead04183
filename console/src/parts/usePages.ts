// A listing of the API, page by page: cursors lead forwards, and those already seen lead back.

import { useState } from "react";

export interface Pages {
  /** Goes into the request's `cursor`; undefined for the first page. */
  cursor: string | undefined;
  index: number;
  forward: (next: string) => void;
  back: () => void;
}

/** `key`: what is listed. Another key (other filters) begins at the first page again. */
export function usePages(key: string = ""): Pages {
  const [seen, setSeen] = useState<{ key: string; cursors: string[] }>({ key, cursors: [] });
  const cursors = seen.key === key ? seen.cursors : [];
  return {
    cursor: cursors.at(-1),
    index: cursors.length + 1,
    forward: (next) => setSeen({ key, cursors: [...cursors, next] }),
    back: () => setSeen({ key, cursors: cursors.slice(0, -1) }),
  };
}
