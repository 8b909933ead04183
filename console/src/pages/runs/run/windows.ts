// The windows of a backfill in words.

import type { Model } from "../../../api/client";
import { inWords } from "../../../parts/times";
import { inFigures } from "./counts";

type Windows = Model<"ProgressModel">;

/** How much of it is done, in whole percent; never 100 while a window is left. */
export const shareOf = (of: Windows): number =>
  of.windows === 0 ? 0 : Math.floor((100 * of.done) / of.windows);

/** What becomes of the windows that are not done. */
export function whatIsLeft(of: Windows, going: boolean): string | undefined {
  const left = of.windows - of.done;
  if (left === 0) {
    return undefined;
  }
  if (going) {
    return of.failed > 0
      ? `${of.failed} failed. They are read by the run that resumes the backfill.`
      : undefined;
  }
  const those = left === 1 ? "1 window is left" : `${left} windows are left`;
  return of.can_be_resumed
    ? `${those}: what came is kept, and the rest can be read by resuming.`
    : `${those}.`;
}

/** The figures beside it: windows, records, their rate, and while it goes on how long it will. */
export function factsOf(of: Windows, going: boolean): { label: string; value: string }[] {
  const facts = [
    { label: "Windows that failed", value: inFigures(of.failed) },
    { label: "Records read by this run", value: inFigures(of.records) },
    { label: "Records a second", value: of.per_second.toLocaleString("en") },
  ];
  if (!going) {
    return facts;
  }
  return [
    { label: "Windows being read", value: inFigures(of.reading) },
    ...facts,
    {
      label: "Time left, as it goes on now",
      value: of.seconds_left === null ? "–" : inWords(of.seconds_left),
    },
  ];
}
