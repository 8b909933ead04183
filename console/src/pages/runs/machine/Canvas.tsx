// The drawing in a box that scrolls, larger or smaller; it opens where there is something to see.

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Machine } from "./asl";
import { type Choosing, Drawing } from "./Drawing";
import { type Layout, layOut, middleOf } from "./layout";
import { worthALook } from "./path";

const LEAST = 0.25;
const MOST = 2;
const STEP = 1.25;
/** Below this letters are hard to read: rather scroll. */
const READABLE = 0.75;

const within = (zoom: number): number => Math.min(Math.max(zoom, LEAST), MOST);

export function Canvas({ machine, ...choosing }: Choosing & { machine: Machine }) {
  const layout = useMemo(() => layOut(machine), [machine]);
  const view = useView(layout, worthALook(choosing.visits));
  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="xxs">
        <Button iconName="zoom-in" ariaLabel="Larger" onClick={() => view.zoomBy(STEP)} />
        <Button iconName="zoom-out" ariaLabel="Smaller" onClick={() => view.zoomBy(1 / STEP)} />
        <Button iconName="zoom-to-fit" ariaLabel="As wide as there is room" onClick={view.fit} />
      </SpaceBetween>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="machine" ref={view.place} tabIndex={0} aria-label="Drawing of the state machine">
        <Drawing layout={layout} zoom={view.zoom} {...choosing} />
      </section>
    </SpaceBetween>
  );
}

/** How large the drawing is; where another machine is drawn it shows `first`, or else where it starts. */
function useView(layout: Layout, first: string | null) {
  const place = useRef<HTMLElement>(null);
  const [zoom, setZoom] = useState(READABLE);
  const shown = useRef<Layout>(null);
  const room = () => place.current?.clientWidth ?? 0;
  useLayoutEffect(() => {
    const box = place.current;
    if (box === null || shown.current === layout) {
      return;
    }
    shown.current = layout;
    const opened = Math.min(Math.max(box.clientWidth / layout.width, READABLE), 1);
    const middle = (first && middleOf(layout, first)) || layout.start;
    setZoom(opened);
    // Once it has been drawn in that size.
    requestAnimationFrame(() => {
      box.scrollTo(middle.x * opened - box.clientWidth / 2, middle.y * opened - box.clientHeight / 2);
    });
  }, [layout, first]);
  return {
    place,
    zoom,
    zoomBy: (factor: number) => setZoom(within(zoom * factor)),
    fit: () => setZoom(Math.min(within(room() / layout.width), 1)),
  };
}
