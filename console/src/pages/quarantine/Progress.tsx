// How far replays are, one line each; what they took leaves the lists as soon as they have ended.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../../api/client";
import { Go } from "../../parts/Go";
import { Status } from "../../parts/Status";

const LIVE = 2_000;

export function Progress({ replays }: { replays: string[] }) {
  if (replays.length === 0) {
    return "Nothing was set aside any more.";
  }
  return replays.map((run) => <One key={run} run={run} />);
}

function One({ run }: { run: string }) {
  const known = useQueryClient();
  const { data } = api.useQuery(
    "get",
    "/runs/{run}",
    { params: { path: { run } } },
    { refetchInterval: ({ state }) => (state.data?.ended_at ? false : LIVE) },
  );
  const isOver = Boolean(data?.ended_at);
  useEffect(() => {
    if (isOver) {
      void known.invalidateQueries({ predicate: ({ queryKey }) => ofQuarantine(queryKey[1]) });
    }
  }, [isOver, known]);
  const published = (data?.streams ?? []).reduce((sum, { counts }) => sum + (counts.published ?? 0), 0);
  const notes = (data?.streams ?? []).map(({ note }) => note).filter(Boolean);
  return (
    <div>
      <Go to={`/runs/${run}`}>{run}</Go> <Status of={data?.status ?? "running"} />{" "}
      {isOver && [`${published} published`, ...notes].join(", ")}
    </div>
  );
}

const ofQuarantine = (path: unknown) =>
  path === "/overview" || (typeof path === "string" && path.startsWith("/connections/{name}/quarantine"));
