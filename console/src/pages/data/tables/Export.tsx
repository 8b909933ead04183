// An export of what is filtered: the API writes a file, and the person fetches it by a link.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { api, type Model } from "../../../api/client";
import { useMe } from "../../../api/me";
import { Trouble } from "../../../parts/Trouble";
import { inFull } from "../../../parts/times";
import type { Entity } from "../entities";
import { grouped, sized } from "../figures";
import type { Asked } from "./conditions";

type Form = Model<"ExportWanted">["format"];

const FORMS: { value: Form; label: string; description: string }[] = [
  { value: "csv", label: "CSV", description: "For spreadsheets. Formulas in texts are shown and never run." },
  { value: "parquet", label: "Parquet", description: "For programs: typed, exact and small." },
];

export function Export({ entity, asked }: { entity: Entity; asked: Asked }) {
  const [isOpen, setIsOpen] = useState(false);
  const { may } = useMe();
  if (!may("POST /data/entities/{entity}/exports")) {
    return null;
  }
  return (
    <>
      <Button iconName="download" onClick={() => setIsOpen(true)}>
        Export
      </Button>
      {isOpen && <Exporting entity={entity} asked={asked} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function Exporting({ entity, asked, onClose }: { entity: Entity; asked: Asked; onClose: () => void }) {
  const [form, setForm] = useState<Form>("csv");
  const exporting = api.useMutation("post", "/data/entities/{entity}/exports");
  const start = () =>
    exporting.mutate({
      params: { path: { entity: entity.entity } },
      body: { format: form, connections: [], q: asked.text || undefined, filter: asked.conditions },
    });
  const isFiltered = asked.text !== "" || Object.keys(asked.conditions).length > 0;
  return (
    <Modal
      visible
      header={`Export ${entity.title.toLowerCase()} records`}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Close
            </Button>
            <Button variant="primary" loading={exporting.isPending} onClick={start}>
              Make the file
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>
          {isFiltered ? "The records that the filter lets through" : "All records"}, every field of them.
        </Box>
        <FormField label="Form">
          <RadioGroup
            value={form}
            items={FORMS}
            onChange={({ detail }) =>
              setForm(FORMS.find((one) => one.value === detail.value)?.value ?? "csv")
            }
          />
        </FormField>
        {exporting.error ? <Trouble error={exporting.error} /> : null}
        {exporting.data && <Made file={exporting.data} />}
      </SpaceBetween>
    </Modal>
  );
}

function Made({ file }: { file: Model<"ExportModel"> }) {
  return (
    <Alert
      type="success"
      header={`${grouped(String(file.records))} records, ${sized(file.bytes)}`}
      action={
        <Button href={file.url} iconName="download" download={file.name} target="_blank">
          Download {file.name}
        </Button>
      }
    >
      Whoever has the link may fetch the file until {inFull(file.expires_at)}.
    </Alert>
  );
}
