// A connector is let in: from a folder or a vendor's document, looked at, tried on a reply, then registered.

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { useState } from "react";
import { Page } from "../../../parts/Page";
import { TryReply } from "../reply/TryReply";
import { Files } from "./Files";
import { Finish } from "./Finish";
import { FromDocument } from "./FromDocument";
import { FromFolder } from "./FromFolder";
import { streamsIn } from "./folder";
import type { Package } from "./package";
import { Remarks } from "./Remarks";

type Source = "folder" | "document";

export function Register() {
  const [source, setSource] = useState<Source>("folder");
  const [chosen, setChosen] = useState<Package | null>(null);
  return (
    <Page
      title="Register a connector"
      description="Another ERP, or another version of a connector that is here. It is checked before it holds, also against its connections."
    >
      <Container header={<Header variant="h2">Where it comes from</Header>}>
        <SpaceBetween size="l">
          <Tiles
            ariaLabel="Where it comes from"
            value={source}
            onChange={(event) => {
              setSource(event.detail.value as Source);
              setChosen(null);
            }}
            items={[
              {
                value: "folder",
                label: "A folder",
                description:
                  "With connectors/NAME and transformers/NAME, as sluice connectors new writes it.",
              },
              {
                value: "document",
                label: "An OpenAPI document",
                description: "Or OData $metadata: a draft is made of it, with what is left to decide.",
              },
            ]}
          />
          {source === "folder" ? <FromFolder onChoose={setChosen} /> : <FromDocument onChoose={setChosen} />}
        </SpaceBetween>
      </Container>
      {chosen && <Chosen key={chosen.name} chosen={chosen} onChange={setChosen} />}
    </Page>
  );
}

function Chosen({ chosen, onChange }: { chosen: Package; onChange: (chosen: Package) => void }) {
  const [faults, setFaults] = useState(chosen.draft?.faults ?? []);
  const put = (files: Package["files"]) => onChange({ ...chosen, files });
  return (
    <SpaceBetween size="l">
      {chosen.draft && <Remarks draft={chosen.draft} />}
      <Files files={chosen.files} faults={faults} onChange={put} />
      <TryReply connector={chosen.name} streams={streamsIn(chosen.name, chosen.files)} files={chosen.files} />
      <Finish chosen={chosen} onFaults={setFaults} />
    </SpaceBetween>
  );
}
