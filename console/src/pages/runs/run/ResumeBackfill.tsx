// Reads what a backfill has left, in a run of its own: asked before it is done.

import Box from "@cloudscape-design/components/box";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api } from "../../../api/client";
import { Ask } from "../../../parts/Ask";
import { useNews } from "../../../shell/News";

export function ResumeBackfill({ backfill, onClose }: { backfill: string; onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { tell } = useNews();
  const resume = api.useMutation("post", "/backfills/{backfill}/resume", {
    onSuccess: async ({ run }) => {
      onClose();
      tell("The windows that are left are read now.");
      await queries.invalidateQueries();
      navigate(`/runs/${run}`);
    },
  });
  return (
    <Ask
      title="Read the windows that are left?"
      action="Resume the backfill"
      busy={resume.isPending}
      error={resume.error}
      onAnswer={() => resume.mutate({ params: { path: { backfill } } })}
      onClose={onClose}
    >
      <Box>
        Another run reads them. What is done is not read again, and what came of the others is not published
        twice. Meanwhile the connection's runs leave the stream out.
      </Box>
    </Ask>
  );
}
