// What is wrong and is of no field, above the form.

import Alert from "@cloudscape-design/components/alert";
import { asProblem, elsewhere, type Fault } from "../../../api/problem";
import { Faults, Trouble } from "../../../parts/Trouble";
import { InView } from "./InView";

/** The places that fields show themselves. */
const SHOWN = ["/name", "/settings", "/secrets", "/streams", "/schedule", "/policy", "/events_per_message"];

export function Above({ faults, error }: { faults: Fault[]; error: unknown }) {
  const rest = elsewhere(faults, SHOWN).concat(faults.filter(isWhole));
  const problem = error ? asProblem(error) : null;
  // What a refusal says of fields stands at them already; 412 has a place of its own.
  const untold = problem && problem.faults.length === 0 && problem.status !== 412;
  if (!untold && rest.length === 0) {
    return null;
  }
  return (
    <>
      {untold && (
        <InView>
          <Trouble error={error} />
        </InView>
      )}
      {rest.length > 0 && (
        <InView>
          <Alert type="error" header="This cannot be stored as it is">
            <Faults of={rest} />
          </Alert>
        </InView>
      )}
    </>
  );
}

// The settings or secrets as a whole have no field of their own.
const isWhole = (fault: Fault) => fault.pointer === "/settings" || fault.pointer === "/secrets";
