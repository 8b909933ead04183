import { ago, inFull } from "./times";
import { useClock } from "./useClock";

/** A point in time: how long ago, and in full (with UTC) for who hovers. Nothing, for null: `otherwise`. */
export function Time({ at, otherwise = "–" }: { at: string | null | undefined; otherwise?: string }) {
  useClock();
  if (!at) {
    return <>{otherwise}</>;
  }
  return (
    <time dateTime={at} title={`${inFull(at)} (${at})`}>
      {ago(at)}
    </time>
  );
}
