// What is told apart at a glance: of two records only the fields that differ.

type Data = Record<string, unknown>;

/** Returns the fields of `one` that `other` has otherwise; all of `one` where there is no other. */
export function differing(one: Data, other: Data | null): Data {
  if (other === null) {
    return one;
  }
  const names = Object.keys(one).filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
  return Object.fromEntries(names.map((name) => [name, one[name]]));
}
