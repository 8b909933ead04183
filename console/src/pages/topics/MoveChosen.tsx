// Some dead letters, ticked by a person, go back to their queue; the others stay where they are.

import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { client } from "../../api/client";
import { useNews } from "../../shell/News";
import { movedInWords } from "./messages";

interface MoveChosenProps {
  name: string;
  chosen: string[];
  onMoved: () => void;
}

export function MoveChosen({ name, chosen, onMoved }: MoveChosenProps) {
  const [busy, setBusy] = useState(false);
  const news = useNews();
  const move = async () => {
    setBusy(true);
    try {
      const { data } = await client.POST("/topics/{name}/redrive", {
        params: { path: { name } },
        body: { ids: chosen, limit: chosen.length },
      });
      news.tell(movedInWords(data?.moved ?? 0, chosen.length, name));
      onMoved();
    } catch (refused) {
      news.complain(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button disabled={chosen.length === 0} loading={busy} onClick={move}>
      Move the chosen back
    </Button>
  );
}
