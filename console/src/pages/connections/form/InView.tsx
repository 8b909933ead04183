import { type ReactNode, useEffect, useRef } from "react";

/** Brings what it shows into view, and the focus to it: what went wrong is told where the eye is not. */
export function InView({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: "center" });
    place.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={place} tabIndex={-1} className="page">
      {children}
    </div>
  );
}
