// What a connector makes of a pasted reply, asked a moment after the last key.

import { useEffect, useState } from "react";
import { client, type Model } from "../../../api/client";
import { useSettled } from "../../connections/form/useSettled";

export interface Pasted {
  stream: string;
  body: string;
  status: string;
  contentType: string;
}

interface Found {
  preview: Model<"PreviewModel"> | null;
  error: unknown;
  isBusy: boolean;
}

const PATIENCE = 500;
const NOTHING: Found = { preview: null, error: null, isBusy: false };

/** `files` stand in for those of the connector, which need not exist then. An empty reply is not asked about. */
export function usePreview(connector: string, pasted: Pasted, files?: Record<string, string>): Found {
  const [found, setFound] = useState<Found>(NOTHING);
  const settled = useSettled(JSON.stringify({ connector, pasted, files }), PATIENCE);
  useEffect(() => {
    const asked = new AbortController();
    const now = JSON.parse(settled) as { connector: string; pasted: Pasted; files?: Record<string, string> };
    if (now.pasted.body.trim() === "" || now.pasted.stream === "") {
      setFound(NOTHING);
      return;
    }
    setFound((before) => ({ ...before, isBusy: true }));
    ask(now.connector, now.pasted, now.files, asked.signal).then(
      (preview) => setFound({ preview, error: null, isBusy: false }),
      (error: unknown) => {
        if (!asked.signal.aborted) {
          setFound({ preview: null, error, isBusy: false });
        }
      },
    );
    return () => asked.abort();
  }, [settled]);
  return found;
}

async function ask(
  name: string,
  pasted: Pasted,
  files: Record<string, string> | undefined,
  signal: AbortSignal,
): Promise<Model<"PreviewModel"> | null> {
  const { data } = await client.POST("/connectors/{name}/preview", {
    params: { path: { name } },
    body: {
      stream: pasted.stream,
      body: pasted.body,
      status: Number(pasted.status) || 0,
      content_type: pasted.contentType,
      files: files ?? null,
    },
    signal,
  });
  return data ?? null;
}
