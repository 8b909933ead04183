// Which records are to be handed over again, as the API is asked: those of one stream at a time.

import type { Model } from "../../api/client";

export type Wanted = Model<"ReplayWanted">;

/** Returns a request for each stream. A record without an id cannot be asked for alone: all do replay it. */
export function wantedOf(chosen: readonly Model<"QuarantinedSummary">[]): Wanted[] {
  const streams = new Map<string, string[]>();
  for (const { stream, source_id } of chosen) {
    if (source_id !== null) {
      streams.set(stream, [...(streams.get(stream) ?? []), source_id]);
    }
  }
  return [...streams].map(([stream, source_ids]) => ({ stream, source_ids }));
}
