// Dead letters go back to their queue, a hundred at a time, until none is left or a person stops it.

import Button from "@cloudscape-design/components/button";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import { useEffect, useRef, useState } from "react";
import { client, type Model } from "../../api/client";
import { Ask } from "../../parts/Ask";
import { useFocusKept } from "../../parts/useFocusKept";
import { useNews } from "../../shell/News";
import { lettersOf } from "./messages";

type Topic = Model<"TopicModel">;

const STEP = 100;

interface Progress {
  moved: number;
  left: number;
}

export function Redrive({ topic, onMoved }: { topic: Topic; onMoved: () => void }) {
  const [asking, setAsking] = useState(false);
  const dead = topic.dead_letters ?? 0;
  useFocusKept(`${dead === 0} ${asking}`);
  return (
    <>
      <Button disabled={dead === 0} onClick={() => setAsking(true)}>
        Move dead letters back
      </Button>
      {asking && <Moving name={topic.name} dead={dead} onMoved={onMoved} onClose={() => setAsking(false)} />}
    </>
  );
}

interface MovingProps {
  name: string;
  dead: number;
  onMoved: () => void;
  onClose: () => void;
}

function Moving({ name, dead, onMoved, onClose }: MovingProps) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const stopped = useRef(false);
  const news = useNews();

  // Who leaves the page could neither see nor stop it any more.
  useEffect(() => {
    stopped.current = false;
    return () => {
      stopped.current = true;
    };
  }, []);

  const move = async () => {
    setBusy(true);
    setError(null);
    try {
      const { moved, left } = await moveAll(name, setProgress, () => stopped.current);
      const rest =
        left > 0 ? ` About ${left} are left: somebody has them in hand, try again in a minute.` : "";
      news.tell(`${lettersOf(moved)} went back to ${name}.${stopped.current ? "" : rest}`);
      onClose();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
      onMoved();
    }
  };
  return (
    <Ask
      title={`Move ${lettersOf(dead)} back?`}
      action="Move them"
      busy={busy}
      error={error}
      onAnswer={move}
      onClose={onClose}
    >
      <p>
        They go to {name} again, one by one, and are worked on anew. What made them fail should be mended
        first: else they come back here. Doing it twice does no harm.
      </p>
      {progress && (
        <ProgressBar
          value={(100 * progress.moved) / Math.max(1, progress.moved + progress.left)}
          label="Moved"
          additionalInfo={`${progress.moved} moved, about ${progress.left} left`}
        />
      )}
    </Ask>
  );
}

async function moveAll(
  name: string,
  tell: (now: Progress) => void,
  isStopped: () => boolean,
): Promise<Progress> {
  let now: Progress = { moved: 0, left: 0 };
  while (!isStopped()) {
    const { data } = await client.POST("/topics/{name}/redrive", {
      params: { path: { name } },
      body: { limit: STEP },
    });
    const { moved, left } = data ?? { moved: 0, left: 0 };
    now = { moved: now.moved + moved, left };
    tell(now);
    if (moved === 0 || left === 0) {
      break;
    }
  }
  return now;
}
