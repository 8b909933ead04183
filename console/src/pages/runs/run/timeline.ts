// When each stream of a run was what, as shares of the run's whole time.

import { between, inWords } from "../../../parts/times";

export interface Span {
  outcome: string;
  since: string;
  until: string | null;
}

export interface Part {
  outcome: string;
  /** From where to where, of 0 to 1. */
  from: number;
  to: number;
  seconds: number;
}

export interface Row {
  stream: string;
  parts: Part[];
  /** When it came to its end, of 0 to 1; null while it has not. */
  end: number | null;
  /** What it came to, or is now. */
  last: string;
  seconds: number;
}

/** What a stream is only for a moment, at its end. */
const ENDS = new Set(["synced", "held", "failed", "replayed"]);

/** Returns the rows of a timeline that begins and ends with the run; until now, while it runs. */
export function rowsOf(
  timeline: readonly { stream: string; spans: readonly Span[] }[],
  since: string,
  until: string | null,
  now: number = Date.now(),
): Row[] {
  const whole = Math.max(between(since, until, now), 1);
  const share = (at: string): number => Math.min(Math.max(between(since, at) / whole, 0), 1);
  return timeline.map(({ stream, spans }) => {
    const parts = spans
      .filter((span) => !ENDS.has(span.outcome))
      .map((span) => ({
        outcome: span.outcome,
        from: share(span.since),
        to: span.until === null ? 1 : share(span.until),
        seconds: Math.max(between(span.since, span.until ?? until, now), 0),
      }));
    const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
    const last = spans.at(-1);
    const end = last && ENDS.has(last.outcome) ? share(last.since) : null;
    return { stream, parts, end, last: last?.outcome ?? "", seconds };
  });
}

/** "reading for 27 s, then waiting for 2 min 0 s, then synced". */
export function rowInWords(row: Row): string {
  const parts = row.parts.map((part) => `${part.outcome} for ${inWords(part.seconds)}`);
  return [...parts, ...(ENDS.has(row.last) ? [row.last] : [])].join(", then ");
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800];
const MOST_TICKS = 6;

/** Returns round times in seconds from the start, for the scale. */
export function ticksOf(seconds: number): number[] {
  const step = STEPS.find((one) => seconds / one <= MOST_TICKS) ?? STEPS.at(-1) ?? 1;
  const count = Math.floor(seconds / step);
  return Array.from({ length: Math.min(count, 12) + 1 }, (_, index) => index * step);
}
