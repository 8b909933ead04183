// A new connection: which connector, then its form.

import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api } from "../../../api/client";
import { Loading } from "../../../parts/Loading";
import { Page } from "../../../parts/Page";
import { Trouble } from "../../../parts/Trouble";
import { useNews } from "../../../shell/News";
import { ConnectionForm } from "./ConnectionForm";
import { emptyDraft } from "./draft";

export function NewConnection() {
  const [params, setParams] = useSearchParams();
  const connector = params.get("connector") ?? "";
  return (
    <Page
      title="Add a connection"
      description="Everything is checked before it is stored. Nothing is read until it runs, or is tested."
    >
      <Container>
        <ConnectorChoice
          value={connector}
          onChoose={(name) => setParams({ connector: name }, { replace: true })}
        />
      </Container>
      {connector && <FormOf key={connector} connector={connector} />}
    </Page>
  );
}

function ConnectorChoice({ value, onChoose }: { value: string; onChoose: (name: string) => void }) {
  const query = api.useQuery(
    "get",
    "/connectors",
    { params: { query: { limit: 200 } } },
    { staleTime: 60_000 },
  );
  const options = (query.data?.items ?? [])
    .filter((one) => one.valid)
    .map((one) => ({
      value: one.name,
      label: one.title,
      description: one.name,
      labelTag: `${one.streams.length} streams`,
    }));
  return (
    <FormField label="Which ERP" description="A connector knows one vendor's API.">
      <Select
        options={options}
        filteringType="auto"
        placeholder="Choose a connector"
        statusType={query.isPending ? "loading" : query.error ? "error" : "finished"}
        errorText="The connectors could not be listed"
        recoveryText="Try again"
        onLoadItems={() => query.error && query.refetch()}
        selectedOption={options.find((one) => one.value === value) ?? null}
        onChange={(event) => onChoose(event.detail.selectedOption.value ?? "")}
      />
    </FormField>
  );
}

function FormOf({ connector }: { connector: string }) {
  const [draft, setDraft] = useState(() => emptyDraft(connector));
  const navigate = useNavigate();
  const news = useNews();
  const known = useQueryClient();
  const about = api.useQuery("get", "/connectors/{name}", { params: { path: { name: connector } } });
  const adding = api.useMutation("post", "/connections", {
    onSuccess: (added) => {
      void known.invalidateQueries();
      const next = added.note
        ? "Authorise it next: an ERP's page asks for that."
        : "Run it now, or wait for its schedule.";
      news.tell(next, `${added.name} is connected`);
      navigate(`/connections/${added.name}`);
    },
  });
  if (about.isPending) {
    return <Loading what="the connector" />;
  }
  if (about.data === undefined) {
    return <Trouble error={about.error} retry={() => about.refetch()} />;
  }
  return (
    <ConnectionForm
      draft={draft}
      connector={about.data}
      stored={undefined}
      saving={{ busy: adding.isPending, error: adding.error }}
      onChange={(changed) => {
        adding.reset();
        setDraft(changed);
      }}
      onSave={(request) => adding.mutate({ body: request })}
    />
  );
}
