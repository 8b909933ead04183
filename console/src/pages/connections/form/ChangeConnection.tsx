// A connection that is changed: what somebody else has stored meanwhile is never overwritten.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api } from "../../../api/client";
import { asProblem } from "../../../api/problem";
import { Loading } from "../../../parts/Loading";
import { Page } from "../../../parts/Page";
import { Trouble } from "../../../parts/Trouble";
import { useNews } from "../../../shell/News";
import { type Stored, useStored } from "../stored";
import { ConnectionForm } from "./ConnectionForm";
import { type Draft, draftOf } from "./draft";
import { InView } from "./InView";

export function ChangeConnection() {
  const { name = "" } = useParams();
  const stored = useStored(name);
  const [kept, setKept] = useState<Draft | null>(null);
  const readAgain = (draft: Draft | null) => {
    setKept(draft);
    void stored.refetch();
  };
  const description =
    "Secrets stay as they are unless you type new ones. With other settings its streams are read whole next.";
  return (
    <Page title={`Change ${name}`} description={description}>
      {stored.isPending && <Loading what="the connection" />}
      {stored.error && <Trouble error={stored.error} retry={() => stored.refetch()} />}
      {stored.data && (
        <FormOf key={stored.data.etag} stored={stored.data} kept={kept} onReadAgain={readAgain} />
      )}
    </Page>
  );
}

interface FormOfProps {
  stored: Stored;
  /** What was typed before it was read again; null for nothing. */
  kept: Draft | null;
  onReadAgain: (kept: Draft | null) => void;
}

function FormOf({ stored, kept, onReadAgain }: FormOfProps) {
  const { name, connector } = stored.found;
  const [draft, setDraft] = useState(() => kept ?? draftOf(stored.found));
  const navigate = useNavigate();
  const news = useNews();
  const known = useQueryClient();
  const about = api.useQuery("get", "/connectors/{name}", { params: { path: { name: connector } } });
  const saving = api.useMutation("put", "/connections/{name}", {
    onSuccess: () => {
      void known.invalidateQueries();
      news.tell("The next run goes by it.", `${name} was changed`);
      navigate(`/connections/${name}`);
    },
  });
  if (about.isPending) {
    return <Loading what="the connector" />;
  }
  if (about.data === undefined) {
    return <Trouble error={about.error} retry={() => about.refetch()} />;
  }
  const isChanged = saving.error !== null && asProblem(saving.error).status === 412;
  return (
    <SpaceBetween size="l">
      {isChanged && (
        <InView>
          <Meanwhile name={name} onKeep={() => onReadAgain(draft)} onReadAgain={() => onReadAgain(null)} />
        </InView>
      )}
      <ConnectionForm
        draft={draft}
        connector={about.data}
        stored={stored.found.secrets}
        saving={{ busy: saving.isPending, error: saving.error }}
        onChange={(changed) => {
          if (!isChanged) {
            saving.reset();
          }
          setDraft(changed);
        }}
        onSave={({ name: _, ...body }) =>
          saving.mutate({ params: { path: { name }, header: { "if-match": stored.etag } }, body })
        }
      />
    </SpaceBetween>
  );
}

interface MeanwhileProps {
  name: string;
  onKeep: () => void;
  onReadAgain: () => void;
}

function Meanwhile({ name, onKeep, onReadAgain }: MeanwhileProps) {
  const { data } = api.useQuery("get", "/connections/{name}/audit", {
    params: { path: { name }, query: { limit: 1 } },
  });
  const who = data?.items[0]?.who ?? "Somebody else";
  return (
    <Alert
      type="warning"
      header={`${who} has changed this connection while you were at it`}
      action={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={onReadAgain}>Take theirs</Button>
          <Button onClick={onKeep}>Keep mine</Button>
        </SpaceBetween>
      }
    >
      Nothing of yours was stored. With theirs, what you typed here is lost. With yours, it stays in the form
      and replaces theirs as soon as you save it again.
    </Alert>
  );
}
