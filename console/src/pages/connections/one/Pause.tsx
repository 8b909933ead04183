import Button from "@cloudscape-design/components/button";
import { useQueryClient } from "@tanstack/react-query";
import { api, type Model } from "../../../api/client";
import { useMe } from "../../../api/me";
import { useNews } from "../../../shell/News";

/** Stops all runs of a connection, or lets them go on. */
export function Pause({ connection }: { connection: Model<"ConnectionModel"> }) {
  const { may } = useMe();
  const news = useNews();
  const known = useQueryClient();
  const path = connection.paused ? "/connections/{name}/resume" : "/connections/{name}/pause";
  const switching = api.useMutation("post", path, {
    onSuccess: (now) => {
      void known.invalidateQueries();
      news.tell(
        now.paused
          ? "A run under way goes on to its end; no other starts."
          : "It runs again from where it stopped.",
        `${now.name} is ${now.paused ? "paused" : "not paused any more"}`,
      );
    },
    onError: (error) => news.complain(error),
  });
  if (!may(`POST ${path}`)) {
    return null;
  }
  return (
    <Button
      loading={switching.isPending}
      onClick={() => switching.mutate({ params: { path: { name: connection.name } } })}
    >
      {connection.paused ? "Resume" : "Pause"}
    </Button>
  );
}
