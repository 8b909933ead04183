// A state machine drawn, with the path that a run took lit. Those who cannot see it have the table of states.

import { DOT, type Layout, type Line, type Point, shortened } from "./layout";
import "./machine.css";
import { isTaken, type Visits } from "./path";
import { StateBox } from "./StateBox";
import { pathOf, tipOf } from "./shapes";

export interface Choosing {
  visits: Visits;
  chosen: string | null;
  onChoose: (state: string) => void;
}

interface DrawingProps extends Choosing {
  layout: Layout;
  zoom: number;
}

export function Drawing({ layout, zoom, ...choosing }: DrawingProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: no other element groups what an svg draws
    <svg
      role="group"
      aria-label="The state machine with the path of this run; the table of states says the same"
      width={layout.width * zoom}
      height={layout.height * zoom}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
    >
      <Inside layout={layout} around={null} {...choosing} />
    </svg>
  );
}

/** One machine: the outermost, or what is inside of the state `around`. */
export function Inside(props: Choosing & { layout: Layout & Partial<Point>; around: string | null }) {
  const { layout, around, ...choosing } = props;
  const lines = layout.lines.map((line) => ({ line, taken: isTaken(line, choosing.visits, around) }));
  // What is lit lies above what is not.
  lines.sort((one, other) => Number(one.taken) - Number(other.taken));
  return (
    <g transform={`translate(${layout.x ?? 0} ${layout.y ?? 0})`}>
      {lines.map(({ line, taken }) => (
        <Way key={`${line.from} ${line.to} ${line.kind}`} line={line} taken={taken} />
      ))}
      <circle className="start" cx={layout.start.x} cy={layout.start.y} r={DOT} />
      {layout.boxes.map((box) => (
        <StateBox key={box.state.name} box={box} {...choosing} />
      ))}
      {lines.map(({ line, taken }) => (
        <When key={`${line.from} ${line.to} ${line.kind}`} line={line} taken={taken} />
      ))}
    </g>
  );
}

function Way({ line, taken }: { line: Line; taken: boolean }) {
  const look = `${line.kind}${taken ? " taken" : ""}`;
  const when = line.label ? `: ${line.label}` : "";
  return (
    <g>
      <title>{`${line.from ?? "start"} to ${line.to}${when}${taken ? " (taken)" : ""}`}</title>
      <path className={`line ${look}`} d={pathOf(line.points)} />
      <path className={`tip ${look}`} d={tipOf(line.points)} />
    </g>
  );
}

function When({ line, taken }: { line: Line; taken: boolean }) {
  if (line.at === null) {
    return null;
  }
  return (
    <text className={`when${taken ? " taken" : ""}`} x={line.at.x} y={line.at.y}>
      {shortened(line.label)}
    </text>
  );
}
