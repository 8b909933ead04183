import type { Model } from "../../api/client";

/** What came of registering or of going back, for those who did it. */
export function registeredInWords(done: Model<"RegisteredModel">): string {
  const whom =
    done.connections.length > 0
      ? `It holds for ${done.connections.join(", ")}.`
      : "No connection uses it yet.";
  const again =
    done.connections.length > 0 && done.read_again.length > 0
      ? ` Read whole next: ${done.read_again.join(", ")}.`
      : "";
  return `${whom}${again}`;
}
