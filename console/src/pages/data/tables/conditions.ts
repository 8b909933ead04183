// What a table is filtered by: the tokens of the filter's field on one side, the API's `filter` and `q` on the other.
//
// The API takes an object of fields, each with operators and their values. Two values of one field with "=" mean
// either of them, with "!=" neither.

import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import type { Field } from "../entities";

type Token = PropertyFilterProps.Token;
export type Conditions = Record<string, Record<string, string | string[]>>;

export interface Asked {
  /** A text that is looked for in names and numbers; "" for none. */
  text: string;
  conditions: Conditions;
}

const CONTAINS = ":";
const ORDERED = ["=", "!=", ">", ">=", "<", "<="] as const;
const OPERATORS: Record<Field["type"], readonly PropertyFilterProps.ComparisonOperator[]> = {
  text: ["=", "!=", CONTAINS],
  boolean: ["=", "!="],
  integer: ORDERED,
  decimal: ORDERED,
  date: ORDERED,
  moment: [">=", "<", ">", "<="],
  json: [],
};

const GROUPS = { values: "Values", fields: "Fields" };

/** The fields that a filter may name, with the operators of their types. */
export const propertiesOf = (fields: Field[]): PropertyFilterProps.FilteringProperty[] =>
  fields
    .filter((field) => field.selectable && field.name !== "event_id")
    .map((field) => {
      const [first, ...others] = OPERATORS[field.type];
      return {
        key: field.name,
        propertyLabel: field.title,
        groupValuesLabel: `${GROUPS.values} of ${field.title.toLowerCase()}`,
        operators: others,
        defaultOperator: first,
      };
    });

/** The values that are known beforehand: connections, yes and no, and those of closed lists. */
export const optionsOf = (fields: Field[], connections: string[]): PropertyFilterProps.FilteringOption[] =>
  fields.flatMap((field) => {
    const values =
      field.name === "connection" ? connections : field.type === "boolean" ? ["true", "false"] : field.values;
    return values.map((value) => ({ propertyKey: field.name, value }));
  });

/** What the tokens ask for; of several texts the last one counts. */
export function askedBy(tokens: readonly Token[]): Asked {
  const asked: Asked = { text: "", conditions: {} };
  for (const { propertyKey, operator, value } of tokens) {
    if (propertyKey === undefined) {
      asked.text = String(value);
      continue;
    }
    const name = operator === CONTAINS ? "contains" : operator;
    const known = asked.conditions[propertyKey] ?? {};
    const before = known[name];
    const several = name === "=" || name === "!=";
    known[name] = before === undefined || !several ? String(value) : [before, String(value)].flat();
    asked.conditions[propertyKey] = known;
  }
  return asked;
}

/** The tokens that ask for this: the other way round. */
export function tokensOf({ text, conditions }: Asked): Token[] {
  const tokens: Token[] = Object.entries(conditions).flatMap(([propertyKey, operators]) =>
    Object.entries(operators).flatMap(([name, values]) =>
      [values]
        .flat()
        .map((value) => ({ propertyKey, operator: name === "contains" ? CONTAINS : name, value })),
    ),
  );
  return text ? [...tokens, { operator: CONTAINS, value: text }] : tokens;
}

/** Conditions as they stand in an address; undefined for none. */
export const written = (conditions: Conditions): string | undefined =>
  Object.keys(conditions).length > 0 ? JSON.stringify(conditions) : undefined;

/** Conditions out of an address: what cannot be read, or has another form, asks for nothing. */
export function read(text: string): Conditions {
  try {
    const found: unknown = JSON.parse(text);
    return isConditions(found) ? found : {};
  } catch {
    return {};
  }
}

/** The part of an address that filters a table by fields' values. */
export const filteredBy = (fields: Record<string, string>): string => {
  const conditions = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, { "=": value }]),
  );
  return `filter=${encodeURIComponent(JSON.stringify(conditions))}`;
};

function isConditions(found: unknown): found is Conditions {
  const isText = (one: unknown) =>
    typeof one === "string" || (Array.isArray(one) && one.every((each) => typeof each === "string"));
  const isObject = (one: unknown): one is object =>
    typeof one === "object" && one !== null && !Array.isArray(one);
  return (
    isObject(found) && Object.values(found).every((one) => isObject(one) && Object.values(one).every(isText))
  );
}
