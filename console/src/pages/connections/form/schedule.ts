// A schedule as people choose it, and as EventBridge Scheduler writes it. All times are UTC.

export type Mode = "hand" | "rate" | "daily" | "cron";

export interface Chosen {
  mode: Mode;
  every: string;
  unit: Unit;
  /** "05:30" */
  time: string;
  /** Of the mode `cron`: as it was typed. */
  expression: string;
}

export const UNITS = ["minutes", "hours", "days"] as const;
export type Unit = (typeof UNITS)[number];

export const USUAL: Chosen = { mode: "rate", every: "1", unit: "hours", time: "05:00", expression: "" };

const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
const DAILY = /^cron\((\d{1,2}) (\d{1,2}) \* \* \? \*\)$/;

/** The expression; null for no schedule. What is left empty is an empty text, which the API refuses. */
export function expressionOf(chosen: Chosen): string | null {
  switch (chosen.mode) {
    case "hand":
      return null;
    case "rate":
      return chosen.every.trim() && `rate(${chosen.every.trim()} ${unitOf(chosen)})`;
    case "daily": {
      const [hour, minute] = chosen.time.split(":");
      return hour && minute ? `cron(${Number(minute)} ${Number(hour)} * * ? *)` : "";
    }
    case "cron":
      return chosen.expression.trim();
  }
}

// One of a unit is named in the singular: rate(1 hour).
const unitOf = (chosen: Chosen) => (chosen.every.trim() === "1" ? chosen.unit.slice(0, -1) : chosen.unit);

/** A stored expression as it would have been chosen. */
export function chosenOf(expression: string | null): Chosen {
  if (!expression) {
    return { ...USUAL, mode: "hand" };
  }
  const rate = RATE.exec(expression);
  if (rate) {
    return { ...USUAL, mode: "rate", every: rate[1] ?? "", unit: `${rate[2]}s` as Unit, expression };
  }
  const daily = DAILY.exec(expression);
  if (daily) {
    const [minute, hour] = [daily[1] ?? "", daily[2] ?? ""].map((part) => part.padStart(2, "0"));
    return { ...USUAL, mode: "daily", time: `${hour}:${minute}`, expression };
  }
  return { ...USUAL, mode: "cron", expression };
}
