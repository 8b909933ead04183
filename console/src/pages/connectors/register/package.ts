// A connector that is about to be registered: its name, its files, and what is known of them.

import type { Model } from "../../../api/client";

export interface Package {
  name: string;
  files: Record<string, string>;
  /** What the draft says of them, where they are one. */
  draft: Model<"DraftModel"> | null;
}

/** The file that a fault's pointer is about: "/files/connectors~1tiny~1customer.yaml". */
export function fileOf(pointer: string): string | null {
  const found = /^\/files\/([^/]+)$/.exec(pointer);
  return found ? (found[1] ?? "").replaceAll("~1", "/").replaceAll("~0", "~") : null;
}
