// What can be done about a run: stop it, let it go on, start another, look at it in AWS.

import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { api, type Model } from "../../../api/client";
import { useMe } from "../../../api/me";
import { useFocusKept } from "../../../parts/useFocusKept";
import { useConfig } from "../../../shell/configContext";
import { StartRun } from "../StartRun";
import { executionLink, logGroupsOf, logsLink } from "./aws";
import { RedriveRun, StopRun } from "./Ending";
import { ResumeBackfill } from "./ResumeBackfill";

type Asked = "stop" | "redrive" | "resume" | "start" | null;

export function Actions({ run }: { run: Model<"RunModel"> }) {
  const { may } = useMe();
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  useFocusKept(`${run.status} ${asked}`);
  const mayStart = may("POST /connections/{name}/runs") && run.connection !== null;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <InAws run={run} />
      {run.can_be_redriven && may("POST /runs/{run}/redrive") && (
        <Button onClick={() => setAsked("redrive")}>Redrive</Button>
      )}
      {run.progress?.can_be_resumed && may("POST /backfills/{backfill}/resume") && (
        <Button onClick={() => setAsked("resume")}>Resume</Button>
      )}
      {mayStart && !run.can_be_stopped && (
        <Button onClick={() => setAsked("start")}>Start another run</Button>
      )}
      {run.can_be_stopped && may("POST /runs/{run}/stop") && (
        <Button onClick={() => setAsked("stop")}>Stop</Button>
      )}
      {asked === "stop" && <StopRun run={run.id} onClose={close} />}
      {asked === "redrive" && (
        <RedriveRun run={run.id} onClose={close} onStart={mayStart ? () => setAsked("start") : undefined} />
      )}
      {asked === "resume" && run.progress && (
        <ResumeBackfill backfill={run.progress.backfill} onClose={close} />
      )}
      {asked === "start" && <StartRun connection={run.connection ?? undefined} onClose={close} />}
    </SpaceBetween>
  );
}

function InAws({ run }: { run: Model<"RunModel"> }) {
  const config = useConfig();
  const shown = config.awsConsole && run.execution_arn !== null && run.started_at !== null;
  const { data } = api.useQuery(
    "get",
    "/runs/{run}/definition",
    { params: { path: { run: run.id } } },
    { staleTime: Number.POSITIVE_INFINITY, enabled: shown },
  );
  if (!shown) {
    return null;
  }
  const times = { id: run.id, since: run.started_at ?? "", until: run.ended_at };
  return (
    <ButtonDropdown
      items={[
        {
          id: "execution",
          text: "Execution in Step Functions",
          href: executionLink(config.region, run.execution_arn ?? ""),
          external: true,
          externalIconAriaLabel: "opens in a new tab",
        },
        {
          id: "logs",
          text: "Logs in CloudWatch",
          href: logsLink(config.region, logGroupsOf(data?.definition), times),
          disabled: data === undefined,
          external: true,
          externalIconAriaLabel: "opens in a new tab",
        },
      ]}
    >
      Open in AWS
    </ButtonDropdown>
  );
}
