// Whether the navigation is open. Wide and narrow have an answer each: Cloudscape closes the navigation when a window
// is narrow, which a window may be for a moment before it has its size, and would leave it closed.

import { useState, useSyncExternalStore } from "react";

/** Up to it Cloudscape lays the navigation over the page (its mobile layout). */
const NARROW = "(max-width: 688px)";

type Width = "narrow" | "wide";

const widthNow = (): Width => (window.matchMedia(NARROW).matches ? "narrow" : "wide");

function subscribe(onChange: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}

export function useNavigationOpen() {
  const width = useSyncExternalStore(subscribe, widthNow);
  const [open, setOpen] = useState<Record<Width, boolean>>({ narrow: false, wide: true });
  return {
    isOpen: open[width],
    setOpen: (isOpen: boolean) => setOpen((before) => ({ ...before, [widthNow()]: isOpen })),
    /** Somebody went to a page: what is laid over the page goes. */
    onGone: () => setOpen((before) => ({ ...before, narrow: false })),
  };
}
