import type { Model } from "../../api/client";

type Known = Pick<Model<"ConnectorSummary">, "name" | "title" | "streams">;

/** Those of which the name, the title or a stream has every word of what is looked for. */
export function found<Connector extends Known>(all: readonly Connector[], wanted: string): Connector[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((one) => {
    const text = [one.name, one.title, ...one.streams].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
