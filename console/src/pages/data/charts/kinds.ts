// The charts there are, in the words of people, and what each is drawn as.

export const CHARTS = {
  changes: { label: "Changes published", of: "entity", drawn: "bars", unit: "changes" },
  records: { label: "Records there are", of: "entity", drawn: "lines", unit: "records" },
  invoice_amounts: { label: "Invoiced, without tax", of: "amounts", drawn: "bars", unit: "amount" },
  outstanding_amounts: { label: "Outstanding, by due date", of: "amounts", drawn: "bars", unit: "amount" },
  supplier_amounts: {
    label: "Invoiced by suppliers, without tax",
    of: "amounts",
    drawn: "bars",
    unit: "amount",
  },
  hours: { label: "Hours worked", of: "hours", drawn: "bars", unit: "hours" },
} as const;

export type Chart = keyof typeof CHARTS;
export const PERIODS = ["day", "week", "month"] as const;
export type Period = (typeof PERIODS)[number];

export const isChart = (name: string): name is Chart => Object.hasOwn(CHARTS, name);

const MONTH = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const DAY_OF_YEAR = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });

/**
 * The first days of periods, short enough for an axis, and no two the same: "Nov 2026", "17 Nov", or
 * "17 Nov 2026" where they are of several years.
 */
export function periodsInWords(firsts: readonly string[], by: Period): string[] {
  const years = new Set(firsts.map((first) => first.slice(0, 4)));
  const form = by === "month" ? MONTH : years.size > 1 ? DAY_OF_YEAR : DAY;
  return firsts.map((first) => form.format(new Date(`${first}T00:00:00Z`)));
}

/** 1234567 is "1.2M": for the axis of amounts. */
export const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** The least and the most that a chart has to show: of bars on top of one another, their sums. */
export function rangeOf(lines: readonly (readonly number[])[], isStacked: boolean): [number, number] {
  const ends = { least: 0, most: 1 };
  const periods = lines[0]?.length ?? 0;
  for (let at = 0; at < periods; at += 1) {
    const values = lines.map((line) => line[at] ?? 0);
    const sum = (wanted: (value: number) => boolean) =>
      values.filter(wanted).reduce((whole, value) => whole + value, 0);
    const [low, high] = isStacked
      ? [sum((value) => value < 0), sum((value) => value > 0)]
      : [Math.min(...values), Math.max(...values)];
    ends.least = Math.min(ends.least, low);
    ends.most = Math.max(ends.most, high);
  }
  return [ends.least, ends.most];
}
