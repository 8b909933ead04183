// The path that a run took through its state machine: which states and ways are lit, and what is told of each.

import type { Model } from "../../../api/client";
import { between, inWords } from "../../../parts/times";
import type { Machine, State } from "./asl";
import type { Line } from "./layout";

export type Visit = Model<"StateModel">;
export type Visits = ReadonlyMap<string, Visit>;

export const visitsOf = (states: readonly Visit[]): Visits => new Map(states.map((one) => [one.state, one]));

/**
 * The visits with what the machine tells about them besides: a state that was left by a way for failures was
 * caught, and one that was never left although the state around it was, has failed.
 */
export function settled(machine: Machine, visits: Visits): Visits {
  const found = new Map(visits);
  const walk = (inner: Machine, around: Visit | undefined): void => {
    for (const state of inner.states) {
      const visit = visits.get(state.name);
      if (visit !== undefined) {
        found.set(state.name, { ...visit, outcome: outcomeIn(inner, visit, visits, around) });
      }
      for (const one of state.inside) {
        walk(one, visit);
      }
    }
  };
  walk(machine, undefined);
  return found;
}

function outcomeIn(
  machine: Machine,
  visit: Visit,
  visits: Visits,
  around: Visit | undefined,
): Visit["outcome"] {
  if (visit.outcome === "running" && around !== undefined && around.outcome !== "running") {
    return "failed";
  }
  const left = machine.ways.some(
    (way) => way.kind === "caught" && way.from === visit.state && hasTaken(way.from, way.to, visits),
  );
  return visit.outcome === "succeeded" && left ? "caught" : visit.outcome;
}

const hasTaken = (from: string, to: string, visits: Visits): boolean =>
  (visits.get(to)?.came_from[from] ?? 0) > 0;

/** Whether the run went this way. `around` is the state that the machine is in; null for the outermost. */
export function isTaken(line: Line, visits: Visits, around: string | null): boolean {
  const arrived = visits.get(line.to);
  if (arrived === undefined) {
    return false;
  }
  const from = line.from ?? around;
  return from === null || hasTaken(from, line.to, visits);
}

/** The part of a machine that the run went through. */
export function onlyEntered(machine: Machine, visits: Visits): Machine {
  return {
    ...machine,
    states: machine.states
      .filter((state) => visits.has(state.name))
      .map((state) => ({ ...state, inside: state.inside.map((inner) => onlyEntered(inner, visits)) })),
    ways: machine.ways.filter((way) => hasTaken(way.from, way.to, visits)),
  };
}

/** The state to look at first: what broke, what is under way, or what failed and was caught. */
export function worthALook(visits: Visits): string | null {
  // Of states inside of one another the innermost is entered last. A Fail state says only that it is over.
  const all = [...visits.values()].filter((visit) => visit.type !== "Fail").reverse();
  for (const outcome of ["failed", "running", "caught"]) {
    const found = all.find((visit) => visit.outcome === outcome);
    if (found) {
      return found.state;
    }
  }
  return null;
}

export interface Badge {
  kind: "visits" | "retries" | "waited";
  /** What fits on the state. */
  text: string;
  /** What it means. */
  meaning: string;
}

/** What stands beside a state's name: how often it was entered, how often it tried again, how long it waited. */
export function badgesOf(visit: Visit): Badge[] {
  const retries = visit.attempts - visit.visits;
  const found: Badge[] = [];
  if (visit.visits > 1) {
    found.push({ kind: "visits", text: `×${visit.visits}`, meaning: `entered ${visit.visits} times` });
  }
  if (retries > 0) {
    found.push({ kind: "retries", text: `↻${retries}`, meaning: `tried again ${times(retries)}` });
  }
  if (visit.waited > 0) {
    const text = inWords(visit.waited);
    found.push({ kind: "waited", text, meaning: `waited ${text} in all` });
  }
  return found;
}

/** A state in words, for who hovers over it and for who cannot see it. */
export function inASentence(state: State, visit: Visit | undefined): string {
  if (visit === undefined) {
    return `${state.name}: not entered. ${state.comment}`.trim();
  }
  const told = badgesOf(visit).map((badge) => badge.meaning);
  const error = visit.error ? [visit.error] : [];
  return `${state.name}: ${[visit.outcome, ...told, ...error].join(", ")}. ${state.comment}`.trim();
}

/** Seconds from the first entering to the last leaving, in words; null for a state that was not entered. */
export function tookOf(visit: Visit | undefined, now: number = Date.now()): string | null {
  if (!visit?.entered_at || (!visit.exited_at && visit.outcome !== "running")) {
    return null;
  }
  return inWords(between(visit.entered_at, visit.exited_at, now));
}

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);
