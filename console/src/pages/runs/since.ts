// How far back a listing of runs goes, as it is chosen and as the API is asked.

export const SPANS: readonly { name: string; hours: number }[] = [
  { name: "last hour", hours: 1 },
  { name: "last 24 hours", hours: 24 },
  { name: "last 7 days", hours: 7 * 24 },
  { name: "last 30 days", hours: 30 * 24 },
];

const HOUR = 3_600_000;
const MINUTE = 60_000;

/**
 * Returns since when, in UTC, as the API takes it; undefined for a span that there is none of.
 * To the minute, so that the question stays the same one while pages are turned.
 */
export function sinceOf(span: string, now: number = Date.now()): string | undefined {
  const hours = SPANS.find((one) => one.name === span)?.hours;
  if (hours === undefined) {
    return undefined;
  }
  const at = Math.floor((now - hours * HOUR) / MINUTE) * MINUTE;
  return new Date(at).toISOString().replace(".000Z", "Z");
}
