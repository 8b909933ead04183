// What went wrong in words, what it means, and what to do about it: before anything else of a run.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Model } from "../../../api/client";
import { Go } from "../../../parts/Go";
import "./timeline.css";
import { type Trouble, troublesOf, withoutCommands } from "./troubles";

type Run = Model<"RunModel">;

/** One alert for each error name: of the run itself, and of its streams. */
export function Troubles({ run }: { run: Run }) {
  const troubles = troublesOf(run);
  if (troubles.length === 0) {
    return null;
  }
  return (
    <SpaceBetween size="s">
      {troubles.map((trouble) => (
        <Alert key={trouble.error} type={trouble.weight} header={trouble.headline}>
          <SpaceBetween size="s">
            <Causes of={trouble} />
            <Advice of={trouble} />
            <Way run={run} error={trouble.error} />
          </SpaceBetween>
        </Alert>
      ))}
    </SpaceBetween>
  );
}

function Causes({ of }: { of: Trouble }) {
  if (of.streams.length === 0) {
    return of.cause ? <Box color="inherit">{of.cause}</Box> : null;
  }
  return (
    <ul className="causes">
      {of.streams.map(({ stream, cause }) => (
        <li key={stream}>
          <Box variant="strong" color="inherit">
            {stream}
          </Box>
          {cause ? `: ${cause}` : ""}
        </li>
      ))}
    </ul>
  );
}

function Advice({ of }: { of: Trouble }) {
  if (of.advice === null) {
    return null;
  }
  return (
    <div>
      <Box color="inherit">{of.advice.meaning}</Box>
      <Box color="inherit">
        <Box variant="strong" color="inherit">
          What to do:
        </Box>{" "}
        {withoutCommands(of.advice.what_to_do)}
      </Box>
      <Box color="inherit" variant="small">
        More of it: {of.advice.runbook}
      </Box>
    </div>
  );
}

// Where it is dealt with, by what it is.
function Way({ run, error }: { run: Run; error: string }) {
  if (!run.connection) {
    return null;
  }
  const connection = encodeURIComponent(run.connection);
  if (error === "ApiChanged") {
    return <Go to={`/changes?connection=${connection}&state=open`}>Decide on the API changes</Go>;
  }
  if (error === "CredentialsRejected" || error === "ConfigurationInvalid") {
    return <Go to={`/connections/${connection}`}>Look at the connection</Go>;
  }
  return null;
}
