// The streams of a connection as rows: what the overview knows, and the cursors that are stored.

import type { Model } from "../../../api/client";

export interface Row {
  stream: string;
  held: string | null;
  lag: number | null;
  committed: string | null;
  whole: string | null;
  watermark: string | null;
}

type Connection = Pick<Model<"ConnectionModel">, "streams" | "cursors">;
type Health = Pick<Model<"HealthModel">, "streams">;

/** Every stream that somebody names, held ones first, then those that are furthest behind. */
export function rowsOf(connection: Connection, health: Health | undefined): Row[] {
  const known = new Map(health?.streams.map((one) => [one.stream, one]) ?? []);
  const names = new Set([...known.keys(), ...(connection.streams ?? []), ...Object.keys(connection.cursors)]);
  const rows = [...names].map((stream) => {
    const cursor = connection.cursors[stream];
    const told = known.get(stream);
    return {
      stream,
      held: cursor?.held ?? told?.held ?? null,
      lag: told?.lag ?? null,
      committed: cursor?.committed_at ?? told?.committed_at ?? null,
      whole: cursor?.whole_read_at ?? null,
      watermark: cursor?.watermark ?? null,
    };
  });
  return rows.sort(
    (one, other) =>
      Number(other.held !== null) - Number(one.held !== null) ||
      (other.lag ?? -1) - (one.lag ?? -1) ||
      one.stream.localeCompare(other.stream),
  );
}
