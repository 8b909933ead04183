// Faults of the API at the fields that they are about; those of no field stand above the form.

import { asProblem, type Fault } from "../../../api/problem";

const LACKS = /^lacks the key '(.+)'$/;

/** A missing setting is a fault of the settings as a whole: the form shows it at the field that lacks. */
export function placed(fault: Fault): Fault {
  const missing = fault.code === "missing_key" ? LACKS.exec(fault.detail)?.[1] : undefined;
  return missing ? { ...fault, pointer: `${fault.pointer}/${missing}`, detail: "is needed" } : fault;
}

/** The faults that any thrown thing tells, each at its field. */
export const faultsIn = (error: unknown): Fault[] => asProblem(error).faults.map(placed);

/** Whether two requests have the same at a place. */
export const isSame = (one: unknown, other: unknown, pointer: string): boolean =>
  JSON.stringify(valueAt(one, pointer)) === JSON.stringify(valueAt(other, pointer));

function valueAt(value: unknown, pointer: string): unknown {
  const names = pointer.split("/").slice(1);
  return names.reduce<unknown>((found, name) => {
    const inner = typeof found === "object" && found !== null ? found : {};
    return (inner as Record<string, unknown>)[name.replaceAll("~1", "/").replaceAll("~0", "~")];
  }, value);
}
