// How far a backfill is: which of its windows are done, how fast, and how long it will go on.

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Model } from "../../../api/client";
import { Go } from "../../../parts/Go";
import { factsOf, shareOf, whatIsLeft } from "./windows";

export function Progress({ run, of }: { run: Model<"RunModel">; of: Model<"ProgressModel"> }) {
  const going = run.status === "running";
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="A long history, read in windows. Each is an execution of its own: the path below shows none of their steps."
        >
          Windows
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ProgressBar
          value={shareOf(of)}
          label={`${of.done} of ${of.windows} windows are done`}
          additionalInfo={whatIsLeft(of, going)}
          status={going ? "in-progress" : of.done === of.windows ? "success" : "error"}
          resultText={`${of.done} of ${of.windows} windows`}
        />
        <KeyValuePairs
          columns={4}
          items={[
            ...factsOf(of, going),
            ...(of.backfill === run.id
              ? []
              : [{ label: "Goes on with", value: <Go to={`/runs/${of.backfill}`}>{of.backfill}</Go> }]),
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}
