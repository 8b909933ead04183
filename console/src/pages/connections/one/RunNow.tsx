import Button from "@cloudscape-design/components/button";
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useNavigate } from "react-router";
import { api, type Model } from "../../../api/client";
import { useMe } from "../../../api/me";
import { useNews } from "../../../shell/News";

/** Starts a run and goes to it. */
export function RunNow({ connection, running }: { connection: Model<"ConnectionModel">; running: boolean }) {
  const { may } = useMe();
  const news = useNews();
  const known = useQueryClient();
  const navigate = useNavigate();
  // The same until it has worked: a start that was sent twice starts one run.
  const key = useRef(crypto.randomUUID());
  const starting = api.useMutation("post", "/connections/{name}/runs", {
    onSuccess: (started) => {
      key.current = crypto.randomUUID();
      void known.invalidateQueries();
      navigate(`/runs/${started.run}`);
    },
    onError: (error) => news.complain(error, "No run was started"),
  });
  if (!may("POST /connections/{name}/runs")) {
    return null;
  }
  const why = connection.paused
    ? "It is paused: resume it first."
    : connection.note
      ? "It must be authorised first."
      : "A run is under way.";
  return (
    <Button
      variant="primary"
      loading={starting.isPending}
      disabled={connection.paused || running || connection.note !== ""}
      disabledReason={why}
      onClick={() =>
        starting.mutate({
          params: { path: { name: connection.name }, header: { "idempotency-key": key.current } },
        })
      }
    >
      Run now
    </Button>
  );
}
