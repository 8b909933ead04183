// Counts of records: in which order, and what they mean.

export type Counts = Record<string, number>;

/** From the ERP to the queue, in the order in which it happens. */
export const COUNTS: readonly { name: string; meaning: string }[] = [
  { name: "fetched", meaning: "read from the ERP" },
  { name: "mapped", meaning: "brought to the canonical model" },
  { name: "unchanged", meaning: "as they were before: not published again" },
  { name: "quarantined", meaning: "set aside, because they break the contract or the schema" },
  { name: "published", meaning: "handed on as events" },
  { name: "deleted", meaning: "gone from the ERP: published as deleted" },
];

/** The sum over streams; what no stream counts is 0. */
export function totalOf(counts: readonly Counts[]): Counts {
  const sum: Counts = {};
  for (const { name } of COUNTS) {
    sum[name] = counts.reduce((total, one) => total + (one[name] ?? 0), 0);
  }
  return sum;
}

/** A run under way has no counts of its own yet: its streams' are added up. */
export const countsOf = (run: { counts: Counts; streams: { counts: Counts }[] }): Counts =>
  Object.keys(run.counts).length > 0 ? run.counts : totalOf(run.streams.map((stream) => stream.counts));

export const inFigures = (count: number | undefined): string => (count ?? 0).toLocaleString("en");
