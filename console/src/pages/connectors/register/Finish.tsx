// Registers the files, with a reason for those who come after.

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Multiselect from "@cloudscape-design/components/multiselect";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../../../api/client";
import { asProblem, type Fault } from "../../../api/problem";
import { useNews } from "../../../shell/News";
import { FileTrouble } from "../FileTrouble";
import { registeredInWords } from "../registered";
import type { Package } from "./package";

export function Finish({ chosen, onFaults }: { chosen: Package; onFaults: (faults: Fault[]) => void }) {
  const [reason, setReason] = useState("");
  const [only, setOnly] = useState<string[]>([]);
  const news = useNews();
  const navigate = useNavigate();
  const known = useQueryClient();
  const registering = api.useMutation("post", "/connectors/{name}/versions", {
    onSuccess: (done) => {
      void known.invalidateQueries();
      news.tell(registeredInWords(done), `${done.connector}: version ${done.version} holds`);
      navigate(`/connectors/${done.connector}`);
    },
    onError: (error) => onFaults(asProblem(error).faults),
  });
  return (
    <Container header={<Header variant="h2">Register {chosen.name}</Header>}>
      <SpaceBetween size="m">
        <OnlyFor connector={chosen.name} chosen={only} onChange={setOnly} />
        <FormField label="Reason" description="For those who come after." stretch>
          <Textarea value={reason} rows={2} onChange={(event) => setReason(event.detail.value)} />
        </FormField>
        {registering.error ? <FileTrouble error={registering.error} /> : null}
        <Button
          variant="primary"
          loading={registering.isPending}
          onClick={() => {
            onFaults([]);
            registering.mutate({
              params: { path: { name: chosen.name } },
              body: { files: chosen.files, reason, connections: only },
            });
          }}
        >
          Register it
        </Button>
      </SpaceBetween>
    </Container>
  );
}

interface OnlyProps {
  connector: string;
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

/** A version may hold for some connections alone, to be tried before it holds for all. */
function OnlyFor({ connector, chosen, onChange }: OnlyProps) {
  const { data } = api.useQuery("get", "/connections", { params: { query: { connector, limit: 200 } } });
  const options = (data?.items ?? []).map((one) => ({ value: one.name, label: one.name }));
  if (options.length === 0) {
    return null;
  }
  return (
    <FormField label="For" description="Certain connections only, to try it, or all of them.">
      <Multiselect
        options={options}
        placeholder="All its connections"
        selectedOptions={options.filter((one) => chosen.includes(one.value))}
        onChange={(event) => onChange(event.detail.selectedOptions.map((one) => one.value ?? ""))}
      />
    </FormField>
  );
}
