// Where the states and ways of a machine lie when it is drawn, in pixels from its upper left corner.
// A state with a machine inside is as large as that, which is laid out before.

import { type EdgeLabel, Graph, type GraphLabel, layout, type NodeLabel } from "@dagrejs/dagre";
import type { Machine, State, Way } from "./asl";

export interface Point {
  x: number;
  y: number;
}

/** A state, in its machine; what is inside of it lies in the box. */
export interface Box extends Point {
  state: State;
  width: number;
  height: number;
  inside: (Layout & Point)[];
}

export interface Line {
  /** Null: from where the machine starts. */
  from: string | null;
  to: string;
  kind: Way["kind"];
  label: string;
  points: Point[];
  /** Where the label's middle is. */
  at: Point | null;
}

export interface Layout {
  width: number;
  height: number;
  /** The middle of the dot where it starts. */
  start: Point;
  boxes: Box[];
  lines: Line[];
}

export const HEAD = 40;
export const DOT = 6;
const PADDING = 14;
const MARGIN = 6;
const LETTER = 8;
const SMALL_LETTER = 6.2;
const LABEL_HEIGHT = 18;
const LABEL_MOST = 16;
// No state has this name: it has no letter.
const START = " ";

/** Returns the layout of a machine, from its own corner. */
export function layOut(machine: Machine): Layout {
  const inside = new Map(machine.states.map((state) => [state.name, state.inside.map(layOut)]));
  const graph = graphOf(machine, inside);
  layout(graph);
  const lines = [...beginningOf(machine), ...machine.ways].map((way) => lineOf(way, graph));
  const room = roomOf(graph, lines);
  return {
    width: room.right - room.left,
    height: room.bottom,
    start: moved(pointOf(graph.node(START)), -room.left),
    boxes: machine.states.map((state) =>
      moved(boxOf(state, graph.node(state.name), inside.get(state.name) ?? []), -room.left),
    ),
    lines: lines.map((line) => ({
      ...line,
      points: line.points.map((point) => moved(point, -room.left)),
      at: line.at && moved(line.at, -room.left),
    })),
  };
}

// The layout's own size is that of its states: a line around them may need more.
function roomOf(graph: Drawn, lines: Line[]): { left: number; right: number; bottom: number } {
  const { width = 0, height = 0 } = graph.graph();
  const points = lines.flatMap((line) => line.points);
  return {
    left: Math.min(0, ...points.map((point) => point.x - MARGIN)),
    right: Math.max(width, ...points.map((point) => point.x + MARGIN)),
    bottom: Math.max(height, ...points.map((point) => point.y + MARGIN)),
  };
}

const moved = <Placed extends Point>(placed: Placed, by: number): Placed => ({ ...placed, x: placed.x + by });

/** Returns the middle of a state's head, from the outermost corner; null where it is not drawn. */
export function middleOf(layout: Layout, name: string, corner: Point = { x: 0, y: 0 }): Point | null {
  for (const box of layout.boxes) {
    const at = { x: corner.x + box.x, y: corner.y + box.y };
    if (box.state.name === name) {
      return { x: at.x + box.width / 2, y: at.y + HEAD / 2 };
    }
    for (const inner of box.inside) {
      const found = middleOf(inner, name, { x: at.x + inner.x, y: at.y + inner.y });
      if (found !== null) {
        return found;
      }
    }
  }
  return null;
}

/** Returns a label that fits beside a line; whole, it is in the table and on hovering. */
export const shortened = (label: string): string =>
  label.length > LABEL_MOST ? `${label.slice(0, LABEL_MOST - 1)}…` : label;

type Drawn = Graph<GraphLabel, NodeLabel, EdgeLabel>;

// Of a machine of which only a part is drawn, the first state may not be in it.
const beginningOf = (machine: Machine): Way[] =>
  machine.states.some((state) => state.name === machine.start)
    ? [{ from: START, to: machine.start, kind: "usual", label: "" }]
    : [];

function graphOf(machine: Machine, inside: Map<string, Layout[]>): Drawn {
  const graph: Drawn = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 16, ranksep: 24, edgesep: 8, marginx: MARGIN, marginy: MARGIN });
  graph.setNode(START, { width: 2 * DOT, height: 2 * DOT });
  for (const state of machine.states) {
    graph.setNode(state.name, sizeOf(state, inside.get(state.name) ?? []));
  }
  if (graph.hasNode(machine.start)) {
    graph.setEdge(START, machine.start, { weight: 4 });
  }
  for (const way of machine.ways) {
    const usual = way.kind === "usual";
    const width = usual && way.label ? shortened(way.label).length * SMALL_LETTER + 8 : 0;
    // The usual way is drawn straight down, failures go around it.
    const size = { width, height: width > 0 ? LABEL_HEIGHT : 0 };
    graph.setEdge(way.from, way.to, { ...size, labelpos: "c", weight: usual ? 3 : 1 });
  }
  return graph;
}

function sizeOf(state: State, inside: Layout[]): { width: number; height: number } {
  const least = Math.max(96, state.name.length * LETTER + 44);
  if (inside.length === 0) {
    return { width: least, height: HEAD };
  }
  const width = widthOf(inside) + 2 * PADDING;
  return { width: Math.max(least + 60, width), height: HEAD + heightOf(inside) + PADDING };
}

const widthOf = (inside: Layout[]): number =>
  inside.reduce((sum, one) => sum + one.width, (inside.length - 1) * PADDING);

const heightOf = (inside: Layout[]): number => Math.max(...inside.map((one) => one.height));

function boxOf(state: State, placed: NodeLabel, inside: Layout[]): Box {
  const { width, height } = placed;
  const middle = pointOf(placed);
  // Side by side, in the middle of the box.
  let x = (width - widthOf(inside)) / 2;
  const placedInside = inside.map((one) => {
    const found = { ...one, x, y: HEAD };
    x += one.width + PADDING;
    return found;
  });
  return { state, x: middle.x - width / 2, y: middle.y - height / 2, width, height, inside: placedInside };
}

function lineOf(way: Way, graph: Drawn): Line {
  const edge = graph.edge(way.from, way.to);
  return {
    from: way.from === START ? null : way.from,
    to: way.to,
    kind: way.kind,
    label: way.label,
    points: edge.points ?? [],
    at: way.kind === "usual" && way.label ? pointOf(edge) : null,
  };
}

const pointOf = ({ x = 0, y = 0 }: { x?: number; y?: number }): Point => ({ x, y });
