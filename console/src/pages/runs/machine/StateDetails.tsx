// What is known of one state that was entered: when, how long, how often, and what went wrong in it.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Code } from "../../../parts/Code";
import { Status } from "../../../parts/Status";
import { Time } from "../../../parts/Time";
import { inWords } from "../../../parts/times";
import type { State } from "./asl";
import { tookOf, type Visit } from "./path";

interface StateDetailsProps {
  state: State;
  visit: Visit;
  onClose: () => void;
}

export function StateDetails({ state, visit, onClose }: StateDetailsProps) {
  return (
    <SpaceBetween size="s">
      <Header
        variant="h3"
        description={state.comment}
        actions={
          <Button iconName="close" variant="icon" ariaLabel={`Close ${state.name}`} onClick={onClose} />
        }
      >
        {state.name}
      </Header>
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Outcome", value: <Status of={visit.outcome} /> },
          { label: "First entered", value: <Time at={visit.entered_at} /> },
          { label: "Until last left", value: tookOf(visit) ?? "–" },
          { label: "Entered", value: `${visit.visits} ×` },
          { label: "Retries", value: visit.attempts - visit.visits },
          { label: "Waited", value: visit.waited > 0 ? inWords(visit.waited) : "–" },
          { label: "Type", value: state.type },
        ]}
      />
      {visit.error && (
        <div>
          <Box variant="awsui-key-label">{visit.error}</Box>
          <Code value={visit.cause ?? "no further word"} label={`What went wrong in ${state.name}`} />
        </div>
      )}
    </SpaceBetween>
  );
}
