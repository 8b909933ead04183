// Stopping a run, and letting one go on that was cut off: asked before it is done.

import Box from "@cloudscape-design/components/box";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { asProblem } from "../../../api/problem";
import { Ask } from "../../../parts/Ask";
import { useNews } from "../../../shell/News";

interface EndingProps {
  run: string;
  onClose: () => void;
}

export function StopRun({ run, onClose }: EndingProps) {
  const done = useDone(`${run} is stopped.`, onClose);
  const stop = api.useMutation("post", "/runs/{run}/stop", { onSuccess: done });
  return (
    <Ask
      title="Stop this run?"
      action="Stop the run"
      reason="optional"
      busy={stop.isPending}
      error={stop.error}
      onAnswer={(reason) => stop.mutate({ params: { path: { run } }, body: { reason } })}
      onClose={onClose}
    >
      <Box>
        It ends at once, wherever it is. What it has handed over stays; a stream that it did not finish keeps
        its cursor, so the next run reads on from there.
      </Box>
    </Ask>
  );
}

interface RedriveProps extends EndingProps {
  /** Asks whether another run is to start, where this one cannot go on. */
  onStart?: () => void;
}

export function RedriveRun({ run, onClose, onStart }: RedriveProps) {
  const done = useDone(`${run} goes on.`, onClose);
  const redrive = api.useMutation("post", "/runs/{run}/redrive", { onSuccess: done });
  if (onStart && redrive.error && asProblem(redrive.error).kind === "not_to_be_redriven") {
    return (
      <Ask
        title="This run cannot go on"
        action="Start another run"
        error={redrive.error}
        onAnswer={onStart}
        onClose={onClose}
      />
    );
  }
  return (
    <Ask
      title="Let this run go on?"
      action="Redrive the run"
      busy={redrive.isPending}
      error={redrive.error}
      onAnswer={() => redrive.mutate({ params: { path: { run } } })}
      onClose={onClose}
    >
      <Box>
        It goes on from the step that did not succeed. AWS allows that for 14 days; where it does not, start
        another run, which reads on from the cursors.
      </Box>
    </Ask>
  );
}

function useDone(told: string, onClose: () => void) {
  const queries = useQueryClient();
  const { tell } = useNews();
  return () => {
    tell(told);
    onClose();
    return queries.invalidateQueries();
  };
}
