// Chooses a folder; its files are read in the browser, and only those of connectors.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef, useState } from "react";
import { Choice } from "../../../parts/Choice";
import { Trouble } from "../../../parts/Trouble";
import { connectorsIn, type Listed } from "./folder";
import type { Package } from "./package";

type Found = Map<string, Listed<File>[]>;

export function FromFolder({ onChoose }: { onChoose: (chosen: Package | null) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [found, setFound] = useState<Found | null>(null);
  const [name, setName] = useState("");
  const [unread, setUnread] = useState<unknown>(null);
  useEffect(() => {
    // React knows no attribute of this name; every browser does.
    input.current?.setAttribute("webkitdirectory", "");
  }, []);
  const choose = async (from: Found, one: string) => {
    setName(one);
    setUnread(null);
    try {
      onChoose({ name: one, files: await textsOf(from.get(one) ?? []), draft: null });
    } catch (error) {
      // A browser reads no file that has changed, or gone, since it was chosen.
      onChoose(null);
      setUnread(error);
    }
  };
  const look = (files: File[]) => {
    const all = files.map((file) => ({ whole: file.webkitRelativePath || file.name, source: file }));
    const known = connectorsIn(all);
    const [only] = known.keys();
    setFound(known);
    onChoose(null);
    setName("");
    setUnread(null);
    if (known.size === 1 && only !== undefined) {
      void choose(known, only);
    }
  };
  return (
    <SpaceBetween size="m">
      <FormField
        label="Folder"
        description="The one that has both connectors and transformers in it. Nothing leaves the browser until you try or register it."
      >
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="folder-open" onClick={() => input.current?.click()}>
            Choose a folder
          </Button>
          {found !== null && <Box padding={{ top: "xxs" }}>{inWords(found)}</Box>}
        </SpaceBetween>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label="Folder of the connector"
          onChange={(event) => {
            look([...(event.target.files ?? [])]);
            // Else no browser would tell that the same folder is chosen again, with its files changed.
            event.target.value = "";
          }}
        />
      </FormField>
      {found?.size === 0 && (
        <Alert type="warning" header="There is no connector in this folder">
          Right would be a folder in which connectors/NAME/connector.yaml lies, and beside it
          transformers/NAME.
        </Alert>
      )}
      {found !== null && found.size > 1 && (
        <FormField label="Which connector">
          <Choice
            label="Connector"
            options={[...found.keys()]}
            value={name}
            onChoose={(one) => void choose(found, one)}
          />
        </FormField>
      )}
      {unread ? <Trouble error={unread} /> : null}
    </SpaceBetween>
  );
}

const inWords = (found: Found) =>
  found.size === 1
    ? `${[...found.keys()][0]}: ${[...found.values()][0]?.length} files`
    : `${found.size} connectors`;

async function textsOf(files: Listed<File>[]): Promise<Record<string, string>> {
  const texts = await Promise.all(
    files.map(async ({ path, source }) => [path, await source.text()] as const),
  );
  return Object.fromEntries(texts);
}
