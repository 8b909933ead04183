// Paste a reply of the ERP, and see what becomes of it while it is typed: records, and what is wrong with them.

import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { Choice } from "../../../parts/Choice";
import { Empty } from "../../../parts/Empty";
import { Loading } from "../../../parts/Loading";
import { FileTrouble } from "../FileTrouble";
import { Outcome } from "./Outcome";
import { type Pasted, usePreview } from "./usePreview";

interface TryProps {
  connector: string;
  streams: string[];
  /** Files that nobody has registered yet, in place of those that hold. */
  files?: Record<string, string>;
}

export function TryReply({ connector, streams, files }: TryProps) {
  const [pasted, setPasted] = useState<Pasted>({
    stream: "",
    body: "",
    status: "200",
    contentType: "application/json",
  });
  const stream = streams.includes(pasted.stream) ? pasted.stream : (streams[0] ?? "");
  const { preview, error, isBusy } = usePreview(connector, { ...pasted, stream }, files);
  const put = (changed: Partial<Pasted>) => setPasted((known) => ({ ...known, ...changed }));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="It is read and mapped as in a run. Nothing is sent to the ERP, and nothing is kept."
        >
          Try a reply
        </Header>
      }
    >
      <Grid gridDefinition={[{ colspan: { default: 12, s: 5 } }, { colspan: { default: 12, s: 7 } }]}>
        <Reply pasted={{ ...pasted, stream }} streams={streams} onChange={put} />
        <div aria-live="polite">
          {pasted.body.trim() === "" && (
            <Empty
              title="Nothing is pasted yet"
              hint="Paste a reply's body: the canonical records appear here."
            />
          )}
          {isBusy && !preview && !error && <Loading what="what becomes of it" />}
          {error ? <FileTrouble error={error} /> : null}
          {preview && !error && <Outcome of={preview} />}
        </div>
      </Grid>
    </Container>
  );
}

interface ReplyProps {
  pasted: Pasted;
  streams: string[];
  onChange: (changed: Partial<Pasted>) => void;
}

function Reply({ pasted, streams, onChange }: ReplyProps) {
  return (
    <SpaceBetween size="m">
      <FormField label="Stream">
        <Choice
          label="Stream"
          options={streams}
          value={pasted.stream}
          onChoose={(stream) => onChange({ stream })}
        />
      </FormField>
      <FormField label="Body of the reply" stretch>
        <Textarea
          value={pasted.body}
          rows={18}
          spellcheck={false}
          placeholder='{"values": [{"id": 1, "name": "..."}]}'
          onChange={(event) => onChange({ body: event.detail.value })}
        />
      </FormField>
      <ExpandableSection headerText="Status and content type">
        <SpaceBetween size="m">
          <FormField label="Status">
            <Input
              value={pasted.status}
              inputMode="numeric"
              onChange={(event) => onChange({ status: event.detail.value })}
            />
          </FormField>
          <FormField label="Content type">
            <Input
              value={pasted.contentType}
              onChange={(event) => onChange({ contentType: event.detail.value })}
            />
          </FormField>
        </SpaceBetween>
      </ExpandableSection>
    </SpaceBetween>
  );
}
