// A state machine in the Amazon States Language as what can be drawn: its states and the ways between them.
// https://states-language.net/spec.html (read 2026-11-22)

export interface State {
  name: string;
  /** Task, Choice, Map, ... as the language names them. */
  type: string;
  /** What its author says about it. */
  comment: string;
  /** The machines inside of it: one of a Map, one for each branch of a Parallel. */
  inside: Machine[];
  /** Whether the machine that it is in can end here. */
  ends: boolean;
}

export interface Way {
  from: string;
  to: string;
  /** `usual`: the next state or a choice of it. `caught`: where a failure goes on. */
  kind: "usual" | "caught";
  /** When it is taken, in words; empty where it always is. */
  label: string;
}

export interface Machine {
  start: string;
  states: State[];
  ways: Way[];
}

type Json = Record<string, unknown>;

const ANY_ERROR = "States.ALL";

/** Returns the machine that a definition tells; what is not of the language is left out. */
export function machineOf(definition: unknown): Machine {
  const { StartAt, States } = jsonOf(definition);
  const found = Object.entries(jsonOf(States)).map(([name, value]) => ({ name, value: jsonOf(value) }));
  const names = new Set(found.map((state) => state.name));
  const ways = found.flatMap(({ name, value }) => waysFrom(name, value));
  return {
    start: textOf(StartAt),
    states: found.map(({ name, value }) => stateOf(name, value)),
    ways: merged(ways.filter((way) => names.has(way.to))),
  };
}

/** Returns all states, those inside of others too, each with how deep it lies. */
export function everyState(machine: Machine, depth = 0): { state: State; depth: number }[] {
  return machine.states.flatMap((state) => [
    { state, depth },
    ...state.inside.flatMap((inner) => everyState(inner, depth + 1)),
  ]);
}

function stateOf(name: string, value: Json): State {
  const type = textOf(value.Type);
  const inner = value.ItemProcessor ?? value.Iterator;
  const branches = Array.isArray(value.Branches) ? value.Branches : [];
  return {
    name,
    type,
    comment: textOf(value.Comment),
    inside: [...(inner === undefined ? [] : [inner]), ...branches].map(machineOf),
    ends: value.End === true || type === "Succeed" || type === "Fail",
  };
}

function waysFrom(from: string, value: Json): Way[] {
  const ways: Way[] = listOf(value.Choices).map((rule) => ({
    from,
    to: textOf(rule.Next),
    kind: "usual",
    label: conditionOf(rule),
  }));
  if (value.Default !== undefined) {
    ways.push({ from, to: textOf(value.Default), kind: "usual", label: "anything else" });
  }
  if (value.Next !== undefined) {
    ways.push({ from, to: textOf(value.Next), kind: "usual", label: "" });
  }
  for (const caught of listOf(value.Catch)) {
    ways.push({ from, to: textOf(caught.Next), kind: "caught", label: errorsOf(caught) });
  }
  return ways;
}

function errorsOf(caught: Json): string {
  const names = Array.isArray(caught.ErrorEquals) ? caught.ErrorEquals.map(textOf) : [];
  return names.includes(ANY_ERROR) ? "any error" : names.join(", ");
}

const NO_CONDITIONS = new Set(["Variable", "Next", "Comment"]);

// A rule of a Choice compares one variable; its values are what tells the ways apart.
function conditionOf(rule: Json): string {
  if (Array.isArray(rule.And)) {
    return listOf(rule.And).map(conditionOf).join(" and ");
  }
  if (Array.isArray(rule.Or)) {
    return listOf(rule.Or).map(conditionOf).join(" or ");
  }
  if (rule.Not !== undefined) {
    return `not ${conditionOf(jsonOf(rule.Not))}`;
  }
  const [operator, value] = Object.entries(rule).find(([name]) => !NO_CONDITIONS.has(name)) ?? ["", ""];
  const variable = textOf(rule.Variable).split(".").at(-1) ?? "";
  if (operator === "StringEquals") {
    return String(value);
  }
  return operator.startsWith("Is") ? `${variable} ${operator}: ${value}` : `${variable} ${operator} ${value}`;
}

// Two ways between the same states are one line: what one is taken by stands beside the other's.
function merged(ways: Way[]): Way[] {
  const found = new Map<string, Way>();
  for (const way of ways) {
    const key = JSON.stringify([way.from, way.to, way.kind]);
    const known = found.get(key);
    found.set(key, known ? { ...known, label: both(known.label, way.label) } : way);
  }
  return [...found.values()];
}

// `any error` after named ones says it all.
const both = (one: string, other: string): string => (other === "any error" ? other : `${one}, ${other}`);

function jsonOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(jsonOf) : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
