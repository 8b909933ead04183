// An error of the API where a page's contents would be, with what to do.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { asProblem, type Fault, type Problem } from "../api/problem";

export function Trouble({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = asProblem(error);
  return (
    <Alert type="error" header={problem.title} action={retry && <Button onClick={retry}>Try again</Button>}>
      <Box color="inherit">{problem.detail}</Box>
      <Faults of={problem.faults} />
      <Reference problem={problem} />
    </Alert>
  );
}

/** Faults as a list: where, and what would have been right. */
export function Faults({ of }: { of: Fault[] }) {
  if (of.length === 0) {
    return null;
  }
  return (
    <ul>
      {of.map((fault) => (
        <li key={`${fault.pointer} ${fault.code} ${fault.detail}`}>
          {fault.pointer && <Box variant="code">{fault.pointer}</Box>} {fault.detail}
        </li>
      ))}
    </ul>
  );
}

function Reference({ problem }: { problem: Problem }) {
  return problem.reference ? <Box color="inherit">The log has it under {problem.reference}.</Box> : null;
}
