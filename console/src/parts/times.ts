// Times in words. The API speaks UTC (ISO 8601); people read their own zone, and UTC where they hover.

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const local = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** "3 minutes ago", "in 2 hours", "just now". */
export function ago(at: string, now: number = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) {
      return relative.format(Math.trunc(seconds / size), unit);
    }
  }
  return Math.abs(seconds) < 10 ? "just now" : relative.format(Math.trunc(seconds), "second");
}

/** The time in the reader's zone: "22 Nov 2026, 14:03:22". */
export const inFull = (at: string): string => local.format(new Date(at));

/** Seconds in words: "43 s", "3 min 5 s", "2 h 10 min", "4 d 3 h". */
export function inWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3_600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) {
    return `${days} d ${hours} h`;
  }
  if (hours > 0) {
    return `${hours} h ${minutes} min`;
  }
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/** The seconds between two times; until now where the second is not known yet. */
export const between = (since: string, until: string | null, now: number = Date.now()): number =>
  ((until === null ? now : Date.parse(until)) - Date.parse(since)) / 1000;
