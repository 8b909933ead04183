import Box from "@cloudscape-design/components/box";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../../../api/client";
import { Ask } from "../../../parts/Ask";
import { useNews } from "../../../shell/News";
import type { Stored } from "../stored";

/** Asks before a connection and all that is stored of it go away. */
export function Remove({ stored, onClose }: { stored: Stored; onClose: () => void }) {
  const { name } = stored.found;
  // As it was when the question was asked: who changes it meanwhile, is asked for anew.
  const [etag] = useState(stored.etag);
  const news = useNews();
  const known = useQueryClient();
  const navigate = useNavigate();
  const removing = api.useMutation("delete", "/connections/{name}", {
    onSuccess: (done) => {
      navigate("/connections");
      void known.invalidateQueries({ queryKey: ["get", "/connections"] });
      news.tell(
        done.run ? "A run was under way: its next step ends." : "Its data and secrets are deleted.",
        `${name} was removed`,
      );
    },
  });
  return (
    <Ask
      title={`Remove ${name}?`}
      action="Remove it and its data"
      busy={removing.isPending}
      error={removing.error}
      onAnswer={() => removing.mutate({ params: { path: { name }, header: { "if-match": etag } } })}
      onClose={onClose}
    >
      <Box>
        Its schedule, secrets and cursors are forgotten, and what is stored of its data is deleted: raw pages,
        quarantine and the lake's part. What was published stays with those who received it. This cannot be
        undone; to stop it for a while, pause it.
      </Box>
    </Ask>
  );
}
