// Drafts a connector from a vendor's OpenAPI document, which is chosen as a file or pasted.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { api } from "../../../api/client";
import { asProblem } from "../../../api/problem";
import { Faults, Trouble } from "../../../parts/Trouble";
import type { Package } from "./package";

/** Characters that the API takes. */
const LARGEST = 4 * 1024 * 1024;
const PLACES = ["/name", "/description", "/paths"];

export function FromDocument({ onChoose }: { onChoose: (chosen: Package | null) => void }) {
  const [name, setName] = useState("");
  const [files, setFiles] = useState<File[]>([]);
  const [text, setText] = useState("");
  const [paths, setPaths] = useState("");
  const drafting = api.useMutation("post", "/connectors/drafts", {
    onSuccess: (draft, { body }) => onChoose({ name: body.name, files: draft.files, draft }),
  });
  const problem = drafting.error ? asProblem(drafting.error) : null;
  const read = async ([file]: File[]) => {
    setFiles(file ? [file] : []);
    setText(file ? await file.text() : "");
  };
  const draft = () => {
    onChoose(null);
    const wanted = paths.split("\n").map((line) => line.trim());
    drafting.mutate({ body: { name: name.trim(), description: text, paths: wanted.filter(Boolean) } });
  };
  const rest = problem?.elsewhere(PLACES) ?? [];
  return (
    <SpaceBetween size="m">
      <FormField
        label="What the connector is to be called"
        constraintText="Of a-z, 0-9 and '_', a letter first."
        errorText={problem?.at("/name")}
      >
        <Input value={name} spellcheck={false} onChange={(event) => setName(event.detail.value)} />
      </FormField>
      <FormField label="Document" errorText={problem?.at("/description") ?? tooLarge(text)}>
        <FileUpload
          value={files}
          accept=".json,.yaml,.yml,.xml,.edmx"
          constraintText="OpenAPI 2 or 3 as JSON or YAML, or OData $metadata; up to 4 MB."
          onChange={(event) => void read(event.detail.value)}
        />
      </FormField>
      <ExpandableSection headerText="Paste it, or take certain lists only">
        <SpaceBetween size="m">
          <FormField label="The document as text" stretch>
            <Textarea
              value={text.length > 100_000 ? "" : text}
              placeholder={text.length > 100_000 ? "Too long to be shown here" : ""}
              rows={8}
              spellcheck={false}
              onChange={(event) => setText(event.detail.value)}
            />
          </FormField>
          <FormField
            label="Lists"
            description="A path in each line, such as /customers, or /clients=customer where its name tells no entity. Without: all that are recognised."
            errorText={problem?.at("/paths")}
            stretch
          >
            <Textarea
              value={paths}
              rows={3}
              spellcheck={false}
              onChange={(event) => setPaths(event.detail.value)}
            />
          </FormField>
        </SpaceBetween>
      </ExpandableSection>
      {problem && problem.faults.length === 0 && <Trouble error={problem} />}
      {rest.length > 0 && (
        <Alert type="error" header={problem?.detail}>
          <Faults of={rest} />
        </Alert>
      )}
      <Button
        loading={drafting.isPending}
        disabled={name.trim() === "" || text.trim() === "" || text.length > LARGEST}
        disabledReason="It takes a name and a document."
        onClick={draft}
      >
        Draft it
      </Button>
    </SpaceBetween>
  );
}

const tooLarge = (text: string) =>
  text.length > LARGEST ? "is too large for the console: sluice connectors new takes it" : undefined;
