// Hands records over again, and leads to where that is followed.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client } from "../../api/client";
import { useMe } from "../../api/me";
import { Ask } from "../../parts/Ask";
import { useNews } from "../../shell/News";
import { Progress } from "./Progress";
import type { Wanted } from "./wanted";

interface ReplayButtonProps {
  connection: string;
  /** What the button says. */
  children: string;
  /** A request for each stream; none: there is nothing to hand over. */
  wanted: Wanted[];
  onStarted?: () => void;
}

/** Nothing for whoever may not. */
export function ReplayButton({ connection, children, wanted, onStarted }: ReplayButtonProps) {
  const { may } = useMe();
  const [asked, setAsked] = useState<Wanted[] | null>(null);
  if (!may("POST /connections/{name}/quarantine/replays")) {
    return null;
  }
  return (
    <>
      <Button disabled={wanted.length === 0} onClick={() => setAsked(wanted)}>
        {children}
      </Button>
      {asked && (
        <Asked
          connection={connection}
          wanted={asked}
          onStarted={() => onStarted?.()}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

interface AskedProps {
  connection: string;
  wanted: Wanted[];
  onStarted: () => void;
  onClose: () => void;
}

function Asked({ connection, wanted, onStarted, onClose }: AskedProps) {
  const [key] = useState(() => crypto.randomUUID());
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false });
  const known = useQueryClient();
  const news = useNews();
  const replay = async () => {
    setState({ busy: true });
    try {
      const started: string[] = [];
      for (const [index, body] of wanted.entries()) {
        const params = { path: { name: connection }, header: { "idempotency-key": `${key}-${index}` } };
        const { data } = await client.POST("/connections/{name}/quarantine/replays", { params, body });
        started.push(...(data?.replays ?? []));
      }
      onStarted();
      onClose();
      news.tell(<Progress replays={started} />, "The records are handed over again");
      await known.invalidateQueries();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return (
    <Ask
      title="Hand the records over again?"
      action="Replay"
      busy={state.busy}
      error={state.error}
      onAnswer={() => void replay()}
      onClose={onClose}
    >
      <Box>
        They go through contract, mapping and validation once more, as they are stored. What is still wrong
        comes back here: accept the API change, or mend the mapping, first.
      </Box>
    </Ask>
  );
}
