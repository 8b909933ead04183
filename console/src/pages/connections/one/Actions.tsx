// What can be done with a connection, as far as the person may: run, test, pause, authorise, change, remove.

import ButtonDropdown, { type ButtonDropdownProps } from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, type Model } from "../../../api/client";
import { useMe } from "../../../api/me";
import type { Stored } from "../stored";
import { TrialResult } from "../TrialResult";
import { Pause } from "./Pause";
import { ReadHistory } from "./ReadHistory";
import { Remove } from "./Remove";
import { RunNow } from "./RunNow";
import { useAuthorising } from "./useAuthorising";

interface ActionsProps {
  stored: Stored;
  health: Model<"HealthModel"> | undefined;
}

export function Actions({ stored, health }: ActionsProps) {
  const { may } = useMe();
  const { found: connection } = stored;
  const name = connection.name;
  const navigate = useNavigate();
  const [open, setOpen] = useState<"test" | "history" | "remove" | null>(null);
  const trial = api.useMutation("post", "/connections/{name}/test");
  const authorising = useAuthorising(connection);
  const items: ButtonDropdownProps.Item[] = [
    ...(may("PUT /connections/{name}") ? [{ id: "change", text: "Change" }] : []),
    ...(may("POST /connections/{name}/test") ? [{ id: "test", text: "Test it" }] : []),
    ...(authorising.isPossible
      ? [{ id: "authorise", text: connection.note ? "Authorise" : "Authorise again" }]
      : []),
    ...(may("POST /connections/{name}/backfills") ? [{ id: "history", text: "Read a long history" }] : []),
    ...(may("DELETE /connections/{name}") ? [{ id: "remove", text: "Remove" }] : []),
  ];
  const doIt: Record<string, () => void> = {
    change: () => navigate(`/connections/${name}/change`),
    test: () => {
      setOpen("test");
      trial.mutate({ params: { path: { name } } });
    },
    authorise: authorising.begin,
    history: () => setOpen("history"),
    remove: () => setOpen("remove"),
  };
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        {items.length > 0 && (
          <ButtonDropdown items={items} onItemClick={(event) => doIt[event.detail.id]?.()}>
            Actions
          </ButtonDropdown>
        )}
        <Pause connection={connection} />
        <RunNow connection={connection} running={health?.last_run?.status === "running"} />
      </SpaceBetween>
      {open === "test" && (
        <TrialResult
          trial={trial.data}
          busy={trial.isPending}
          error={trial.error}
          onClose={() => setOpen(null)}
        />
      )}
      {open === "history" && <ReadHistory connection={connection} onClose={() => setOpen(null)} />}
      {open === "remove" && <Remove stored={stored} onClose={() => setOpen(null)} />}
    </>
  );
}
