import { Status } from "../../../parts/Status";

const GOING_ON = ["reading", "waiting"];

/** What a stream came to; of a run that was cut off, what it was when that happened. */
export function StreamOutcome({ of, ended }: { of: string; ended: boolean }) {
  if (ended && GOING_ON.includes(of)) {
    return <Status of="stopped" text={`cut off while ${of}`} />;
  }
  return <Status of={of} />;
}
