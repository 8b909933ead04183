// The shapes of a drawn machine as SVG paths.

import type { Point } from "./layout";

const TIP = 7;

/** A line through points with its corners rounded off. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) {
    return "";
  }
  const parts = [`M ${at(first)}`];
  for (let index = 0; index < rest.length - 1; index += 1) {
    const corner = rest[index] as Point;
    const next = rest[index + 1] as Point;
    parts.push(`Q ${at(corner)} ${at(middle(corner, next))}`);
  }
  const last = rest.at(-1);
  return last ? [...parts, `L ${at(last)}`].join(" ") : parts.join(" ");
}

/** The head of an arrow at the end of a line. */
export function tipOf(points: readonly Point[]): string {
  const end = points.at(-1);
  const before = points.at(-2);
  if (end === undefined || before === undefined) {
    return "";
  }
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const along = { x: (end.x - before.x) / length, y: (end.y - before.y) / length };
  const back = { x: end.x - along.x * TIP, y: end.y - along.y * TIP };
  const half = TIP / 2;
  const one = { x: back.x - along.y * half, y: back.y + along.x * half };
  const other = { x: back.x + along.y * half, y: back.y - along.x * half };
  return `M ${at(end)} L ${at(one)} L ${at(other)} Z`;
}

const at = (point: Point): string => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`;

const middle = (one: Point, other: Point): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
