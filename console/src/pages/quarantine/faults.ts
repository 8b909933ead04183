// What is wrong with a record, as the parts that show faults take it.

import type { Model } from "../../api/client";
import type { Fault } from "../../api/problem";

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

export function faultsOf(aside: Pick<Model<"QuarantinedSummary">, "faults">): Fault[] {
  return aside.faults.map((fault) => ({
    pointer: textOf(fault.pointer),
    code: textOf(fault.code),
    detail: inWords(textOf(fault.message)) || textOf(fault.code),
  }));
}

/** A change of the API as its code and path have it; the path stands before the words already. */
const CHANGE = /^(D\d+) ([a-z_]+) at .*?: was /s;

const inWords = (message: string): string =>
  message.replace(CHANGE, (_, code: string, kind: string) => `${titled(kind)} (${code}): was `);

const titled = (kind: string) => kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll("_", " ");
