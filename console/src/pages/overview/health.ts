// What a connection's health comes to, in one look.

import type { Model } from "../../api/client";
import type { Matter } from "./matters";

export type Health = Model<"HealthModel">;
type Overview = Model<"OverviewModel">;

/** The stream that was handed over longest ago; one that never was, before all others. Null where none is read. */
export function slowestOf(health: Health): { stream: string; lag: number | null } | null {
  const worst = health.streams.reduce<Health["streams"][number] | null>(
    (found, one) => (found === null || later(one.lag, found.lag) ? one : found),
    null,
  );
  return worst && { stream: worst.stream, lag: worst.lag };
}

const later = (one: number | null, other: number | null): boolean =>
  (one ?? Number.POSITIVE_INFINITY) > (other ?? Number.POSITIVE_INFINITY);

export const heldOf = (health: Health) => health.streams.filter((one) => one.held !== null);

/** What stands first for the connection; null where nothing needs a person. */
export const firstOf = (overview: Overview, connection: string): Matter | null =>
  overview.first.find((matter) => matter.connection === connection) ?? null;

/** What needs a person first, then what runs, then by name. */
export function sorted(overview: Overview): Health[] {
  const place = new Map<string, number>();
  overview.first.forEach((matter, index) => {
    if (!place.has(matter.connection)) {
      place.set(matter.connection, index);
    }
  });
  const rank = (one: Health): number =>
    place.get(one.connection) ?? overview.first.length + (isRunning(one) ? 0 : 1);
  return [...overview.connections].sort(
    (one, other) => rank(one) - rank(other) || one.connection.localeCompare(other.connection),
  );
}

export const isRunning = (health: Health): boolean => health.last_run?.status === "running";

const DAY = 86_400_000;

/** Days until the credentials end, negative once they have; null where that is not known. */
export const daysLeft = (health: Health, now: number = Date.now()): number | null =>
  health.credentials ? Math.floor((Date.parse(health.credentials.expires_at) - now) / DAY) : null;

export interface Figure {
  label: string;
  count: number;
  to: string;
  /** Whether more than none of it is bad. */
  bad: boolean;
}

/** The figures above everything else. */
export function figuresOf(overview: Overview): Figure[] {
  const { connections, first } = overview;
  const needing = (need: string) => first.filter((matter) => matter.need === need).length;
  const sum = (of: (one: Health) => number) => connections.reduce((total, one) => total + of(one), 0);
  const dead = Object.values(overview.dead_letters).reduce((total, count) => total + count, 0);
  return [
    { label: "Connections", count: connections.length, to: "/connections", bad: false },
    {
      label: "Running now",
      count: sum((one) => Number(isRunning(one))),
      to: "/runs?status=running",
      bad: false,
    },
    { label: "Held streams", count: sum((one) => heldOf(one).length), to: "/changes?state=open", bad: true },
    {
      label: "Records set aside",
      count: sum((one) => one.quarantined.length),
      to: "/quarantine",
      bad: true,
    },
    { label: "Dead letters", count: dead, to: "/topics", bad: true },
    { label: "Open API changes", count: sum((one) => one.changes), to: "/changes?state=open", bad: true },
    {
      label: "Credentials ending",
      count: needing("credentials_expire"),
      to: "/connections",
      bad: true,
    },
    { label: "Paused", count: sum((one) => Number(one.paused)), to: "/connections", bad: false },
  ];
}
