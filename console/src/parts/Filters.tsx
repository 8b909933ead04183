import { Children, type ReactNode } from "react";

/** Filters side by side, below one another where it is narrow. */
export function Filters({ children }: { children: ReactNode }) {
  return (
    <div className="filters">
      {Children.toArray(children).map((child, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: filters do not change places
        <div key={index}>{child}</div>
      ))}
    </div>
  );
}
