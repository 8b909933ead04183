// What a comparison tells apart, each with its words and where its number stands in the answer.

import type { Model } from "../../../api/client";

export type Outcome = Model<"ComparisonPage">;

const KINDS = {
  differing: { label: "Differing", count: (of: Outcome) => of.counts.differing },
  only_here: { label: "Only here", count: (of: Outcome) => of.counts.only_here },
  only_there: { label: "Only there", count: (of: Outcome) => of.counts.only_there },
  doubles_here: { label: "Doubles here", count: (of: Outcome) => of.here.counts.doubled_keys },
  doubles_there: { label: "Doubles there", count: (of: Outcome) => of.there.counts.doubled_keys },
  without_key_here: { label: "Without a key here", count: (of: Outcome) => of.here.counts.without_key },
  without_key_there: { label: "Without a key there", count: (of: Outcome) => of.there.counts.without_key },
} as const;

export type Kind = keyof typeof KINDS;

export const kinds = Object.keys(KINDS) as Kind[];

export const isKind = (name: string): name is Kind => Object.hasOwn(KINDS, name);

/** "Only in acme (12)": a kind in the words of this comparison. */
export function inWords(kind: Kind, of: Outcome): string {
  const label = KINDS[kind].label
    .replace(/^Only here$/, `Only in ${of.here.connection}`)
    .replace(/^Only there$/, `Only in ${of.there.connection}`)
    .replace(/ here$/, ` in ${of.here.connection}`)
    .replace(/ there$/, ` in ${of.there.connection}`);
  return `${label} (${KINDS[kind].count(of).toLocaleString("en")})`;
}
