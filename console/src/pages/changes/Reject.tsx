// Taking a change as wrong: the stream stays as it is until somebody accepts the change after all.

import Box from "@cloudscape-design/components/box";
import { useQueryClient } from "@tanstack/react-query";
import { api, type Model } from "../../api/client";
import { Ask } from "../../parts/Ask";
import { useNews } from "../../shell/News";

interface RejectProps {
  change: Model<"ChangeDetail">;
  etag: string | undefined;
  onClose: () => void;
}

export function Reject({ change, etag, onClose }: RejectProps) {
  const known = useQueryClient();
  const news = useNews();
  const rejecting = api.useMutation("post", "/changes/{id}/reject", {
    onSuccess: () => {
      onClose();
      news.tell("Nothing of what waits for it is published.", "The change is rejected");
      return known.invalidateQueries();
    },
  });
  return (
    <Ask
      title="Reject this change?"
      action="Reject the change"
      reason="required"
      busy={rejecting.isPending}
      error={rejecting.error}
      onAnswer={(reason) =>
        rejecting.mutate({
          params: { path: { id: change.id }, header: { "if-match": etag } },
          body: { reason },
        })
      }
      onClose={onClose}
    >
      <Box>
        What is held or set aside stays where it is until somebody accepts the change after all. The other
        streams go on.
      </Box>
    </Ask>
  );
}
