// Starts a run by hand, of a connection that is given or chosen, and goes to its page.

import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../../api/client";
import { Ask } from "../../parts/Ask";
import { ConnectionChoice } from "../../parts/ConnectionChoice";
import { useNews } from "../../shell/News";

interface StartRunProps {
  connection?: string;
  onClose: () => void;
}

export function StartRun({ connection, onClose }: StartRunProps) {
  const [name, setName] = useState(connection ?? "");
  // Asked twice by an impatient hand, it is still one run.
  const [key] = useState(() => crypto.randomUUID());
  const [lacking, setLacking] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { tell } = useNews();
  const start = api.useMutation("post", "/connections/{name}/runs", {
    onSuccess: async ({ run }) => {
      onClose();
      tell(`A run of ${name} was started.`);
      await queries.invalidateQueries({ queryKey: ["get", "/runs"] });
      navigate(`/runs/${run}`);
    },
  });
  const begin = () =>
    name === ""
      ? setLacking(true)
      : start.mutate({ params: { path: { name }, header: { "idempotency-key": key } } });
  return (
    <Ask
      title={connection ? `Start a run of ${connection}?` : "Start a run"}
      action="Start the run"
      busy={start.isPending}
      error={start.error}
      onAnswer={begin}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        {!connection && (
          <FormField
            label="Connection"
            errorText={lacking && name === "" ? "Choose which one runs" : undefined}
          >
            <ConnectionChoice value={name} onChoose={setName} none="Choose a connection" />
          </FormField>
        )}
        <Box>
          It reads every stream that is switched on and not held, from where it stopped last. Where another
          run is under way, or the connection is paused, it ends at once.
        </Box>
      </SpaceBetween>
    </Ask>
  );
}
