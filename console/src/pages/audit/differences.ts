// What of a thing differs before and after something was done to it.

export interface Difference {
  name: string;
  before: string;
  after: string;
  changed: boolean;
}

type Values = Record<string, unknown>;

/** Each name with its value before and after, "" where it was not there; what changed comes first. */
export function differences(before: Values, after: Values): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  // An action that only tells of after, or only of before, has changed nothing that could be compared.
  const isPair = Object.keys(before).length > 0 && Object.keys(after).length > 0;
  const found = names.map((name) => {
    const [was, is] = [textOf(before[name]), textOf(after[name])];
    return { name, before: was, after: is, changed: isPair && was !== is };
  });
  return found.sort((one, other) => Number(other.changed) - Number(one.changed));
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) {
    return "";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
