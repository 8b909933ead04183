// Taking a change as right: the contract allows it, the mapping follows if wanted, what waits is handed over.

import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Model } from "../../api/client";
import { Ask } from "../../parts/Ask";
import { Go } from "../../parts/Go";
import { useNews } from "../../shell/News";

interface AcceptProps {
  change: Model<"ChangeDetail">;
  etag: string | undefined;
  onClose: () => void;
}

export function Accept({ change, etag, onClose }: AcceptProps) {
  const [patched, setPatched] = useState(change.has_suggestion);
  const [everywhere, setEverywhere] = useState(false);
  const known = useQueryClient();
  const news = useNews();
  const accepting = api.useMutation("post", "/changes/{id}/accept", {
    onSuccess: ({ accepted }) => {
      onClose();
      news.tell(<Outcome of={accepted} />, "The change is accepted");
      // All but the preview: there is none of a change that is decided.
      return known.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[1] !== "/changes/{id}/preview",
      });
    },
  });
  const accept = (reason: string) =>
    accepting.mutate({
      params: { path: { id: change.id }, header: { "if-match": etag } },
      body: { reason, apply_suggestion: patched, everywhere },
    });
  return (
    <Ask
      title="Accept this change?"
      action="Accept the change"
      reason="required"
      busy={accepting.isPending}
      error={accepting.error}
      onAnswer={accept}
      onClose={onClose}
    >
      <SpaceBetween size="s">
        <Box>What is held or set aside for it is handed over then, without asking the ERP again.</Box>
        {change.has_suggestion && (
          <Checkbox checked={patched} onChange={({ detail }) => setPatched(detail.checked)}>
            Patch the mapping as suggested
          </Checkbox>
        )}
        {change.connections.length > 1 && (
          <Checkbox checked={everywhere} onChange={({ detail }) => setEverywhere(detail.checked)}>
            On every connection that meets it ({change.connections.length})
          </Checkbox>
        )}
      </SpaceBetween>
    </Ask>
  );
}

function Outcome({ of }: { of: Model<"AcceptedModel">[] }) {
  return of.map((one) => (
    <div key={one.id}>
      {one.connection}: {wordsOf(one)}{" "}
      {one.replay && <Go to={`/runs/${one.replay}`}>Follow the hand-over</Go>}
    </div>
  ));
}

function wordsOf(one: Model<"AcceptedModel">): string {
  if (one.held_by) {
    return "another change still holds the stream.";
  }
  return one.replay ? "what waited is handed over." : "nothing waited.";
}
