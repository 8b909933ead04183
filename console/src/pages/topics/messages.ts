// What is said of a message before it is opened. Its body is whatever came: it may be no JSON at all.

import type { Model } from "../../api/client";
import { ago } from "../../parts/times";

const MOST = 3;

/** "customer.upserted, customer.deleted and 4 more", from the types of the events in it; else the message's id. */
export function headline(message: Model<"MessageModel">): string {
  const events = eventsOf(message.body);
  const types = events.map((one) => textOf(one, "type")).filter((type) => type !== "");
  if (types.length === 0) {
    return textOf(events[0], "stream")
      ? `${textOf(events[0], "connection")} / ${textOf(events[0], "stream")}`
      : message.id;
  }
  const subjects = events.map((one) => textOf(one, "subject")).filter((subject) => subject !== "");
  const named = [...new Set(types)].slice(0, MOST).join(", ");
  return types.length === 1 && subjects.length === 1
    ? `${named} ${subjects[0]}`
    : `${named} (${types.length})`;
}

/** "2 dead letters", "1 dead letter". */
export const lettersOf = (count: number) => (count === 1 ? "1 dead letter" : `${count} dead letters`);

/** How many of those that were to go back did, and what may have become of the others. */
export function movedInWords(moved: number, wanted: number, name: string): string {
  const went = `${lettersOf(moved)} went back to ${name}.`;
  return moved < wanted
    ? `${went} ${wanted - moved} of those chosen were not found: they are gone, or in somebody's hands.`
    : went;
}

/** "sent 3 minutes ago, delivered twice": how long it waits, and how often somebody had it. */
export function standing({ sent_at, deliveries }: Model<"MessageModel">): string {
  const often = ["never", "once", "twice"][deliveries] ?? `${deliveries} times`;
  return sent_at ? `sent ${ago(sent_at)}, delivered ${often}` : `delivered ${often}`;
}

/** The body with its JSON spread over lines; as it came where it is none, or was cut. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function eventsOf(body: string): unknown[] {
  try {
    const found: unknown = JSON.parse(body);
    return Array.isArray(found) ? found : [found];
  } catch {
    return [];
  }
}

function textOf(value: unknown, name: string): string {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : "";
  return typeof found === "string" ? found : "";
}
