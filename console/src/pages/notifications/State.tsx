// How a subscription goes: whether messages arrive, and if not, why.

import Box from "@cloudscape-design/components/box";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { Model } from "../../api/client";
import { Time } from "../../parts/Time";

type Subscription = Model<"SubscriptionModel">;

const KINDS: Record<string, StatusIndicatorProps.Type> = {
  active: "success",
  failing: "error",
  paused: "stopped",
  disabled: "warning",
};

export function State({ of }: { of: Subscription }) {
  return (
    <>
      <StatusIndicator type={KINDS[of.state] ?? "info"}>{of.state}</StatusIndicator>
      <Why of={of} />
    </>
  );
}

function Why({ of }: { of: Subscription }) {
  if (of.disabled) {
    return <Box variant="small">{of.disabled}</Box>;
  }
  if (of.failing_since === null) {
    return null;
  }
  const lost = of.given_up > 0 ? `; ${of.given_up} never arrived` : "";
  return (
    <Box variant="small">
      {of.last_error}, since <Time at={of.failing_since} />
      {lost}
    </Box>
  );
}
