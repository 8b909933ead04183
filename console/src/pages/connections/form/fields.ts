// A connector's settings schema (JSON Schema) as fields of a form, and what is typed there as settings.

export type Kind = "text" | "choice" | "switch" | "number" | "date" | "uri" | "json";

export interface Field {
  name: string;
  kind: Kind;
  title: string;
  description: string;
  required: boolean;
  /** What holds where nothing is given; undefined for nothing. */
  usual: unknown;
  options: unknown[];
  /** What such a value looks like, in a word. */
  example: string;
}

type Schema = Record<string, unknown>;
export type Typed = Record<string, string>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The fields in the schema's order. */
export function fieldsOf(schema: Schema): Field[] {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, about]) => ({
    name,
    kind: kindOf(about),
    title: text(about.title) || name,
    description: text(about.description),
    required: required.includes(name),
    usual: about.default,
    options: Array.isArray(about.enum) ? about.enum : [],
    example: Array.isArray(about.examples) ? shown(about.examples[0]) : "",
  }));
}

function kindOf(about: Schema): Kind {
  if (Array.isArray(about.enum)) {
    return "choice";
  }
  if (about.type === "boolean") {
    return "switch";
  }
  if (about.type === "integer" || about.type === "number") {
    return "number";
  }
  if (about.type !== "string") {
    return "json";
  }
  return about.format === "date" ? "date" : about.format === "uri" ? "uri" : "text";
}

/** A value as a field shows it. */
export const shown = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** Stored settings as typed ones. */
export const typedOf = (settings: Record<string, unknown>): Typed =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, shown(value)]));

/**
 * What was typed as settings. An empty field is left out: the usual value then holds. What is not of its kind
 * goes as it was typed, and the API says what would be right. Settings of no field are of another connector.
 */
export function settingsOf(fields: readonly Field[], typed: Typed): Record<string, unknown> {
  const given = fields.filter((field) => (typed[field.name] ?? "").trim() !== "");
  return Object.fromEntries(
    given.map((field) => [field.name, settingOf(field, (typed[field.name] ?? "").trim())]),
  );
}

function settingOf(field: Field, typed: string): unknown {
  if (field.kind === "switch") {
    return typed === "true";
  }
  if (field.kind === "number") {
    return Number.isFinite(Number(typed)) ? Number(typed) : typed;
  }
  if (field.kind === "choice") {
    return field.options.find((option) => shown(option) === typed) ?? typed;
  }
  return field.kind === "json" ? parsed(typed) : typed;
}

function parsed(typed: string): unknown {
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return typed;
  }
}

/** Those without which nothing works, before those that mostly stay as they are. */
export function inOrder(fields: readonly Field[]): { first: Field[]; rest: Field[] } {
  const isFirst = (field: Field) => field.required && field.usual === undefined;
  return { first: fields.filter(isFirst), rest: fields.filter((field) => !isFirst(field)) };
}
