// One state: its name, how it went, and in badges how often, how often again, and how long it waited.

import type { KeyboardEvent } from "react";
import { type Choosing, Inside } from "./Drawing";
import { type Box, HEAD } from "./layout";
import { type Badge, badgesOf, inASentence, type Visit } from "./path";

const MARKS: Record<Visit["outcome"], string> = { running: "▶", succeeded: "✓", caught: "!", failed: "✕" };

const BADGE_LETTER = 7;
const BADGE_HEIGHT = 16;

export function StateBox({ box, ...choosing }: Choosing & { box: Box }) {
  const { state, width, height, inside } = box;
  const visit = choosing.visits.get(state.name);
  const looks = [
    "state",
    visit && "entered",
    visit?.outcome,
    inside.length > 0 && "has-inside",
    state.ends && "ends",
    choosing.chosen === state.name && "chosen",
  ];
  const choose = () => choosing.onChoose(state.name);
  const chooseByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose();
    }
  };
  // A Map stands around others: only its head is a button, as no button may be in another.
  return (
    <g transform={`translate(${box.x} ${box.y})`}>
      <g className={looks.filter(Boolean).join(" ")}>
        <g
          className="head"
          {...(visit
            ? { role: "button", tabIndex: 0, onClick: choose, onKeyDown: chooseByKey }
            : { role: "img" })}
          aria-label={inASentence(state, visit)}
        >
          <title>{inASentence(state, visit)}</title>
          <rect className="box" width={width} height={height} rx={state.ends ? HEAD / 2 : 6} />
          <text className="name" x={visit ? 32 : 20} y={HEAD / 2}>
            {state.name}
          </text>
        </g>
        {visit && (
          <text className="mark" aria-hidden x={14} y={HEAD / 2}>
            {MARKS[visit.outcome]}
          </text>
        )}
        {visit && <Badges of={badgesOf(visit)} right={width} />}
      </g>
      {inside.map((layout) => (
        <Inside key={layout.x} layout={layout} around={state.name} {...choosing} />
      ))}
    </g>
  );
}

// On the upper edge, from the right.
function Badges({ of, right }: { of: Badge[]; right: number }) {
  let end = right - 6;
  return of.map((badge) => {
    const width = badge.text.length * BADGE_LETTER + 10;
    end -= width;
    const x = end;
    end -= 4;
    return (
      // The sentence that names the box says it, too.
      <g
        key={badge.kind}
        aria-hidden
        className={`badge ${badge.kind}`}
        transform={`translate(${x} ${-BADGE_HEIGHT / 2})`}
      >
        <rect width={width} height={BADGE_HEIGHT} rx={BADGE_HEIGHT / 2} />
        <text x={width / 2} y={BADGE_HEIGHT / 2}>
          {badge.text}
        </text>
      </g>
    );
  });
}
