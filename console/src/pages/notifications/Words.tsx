// Several words, one by one: names or patterns. Each can be taken away again.

import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState } from "react";

interface WordsProps {
  label: string;
  description: string;
  placeholder: string;
  words: string[];
  error?: string;
  onChange: (words: string[]) => void;
}

export function Words({ label, description, placeholder, words, error, onChange }: WordsProps) {
  const [typed, setTyped] = useState("");
  const word = typed.trim();
  const add = () => {
    if (word !== "") {
      onChange([...new Set([...words, word])]);
      setTyped("");
    }
  };
  return (
    <FormField label={label} description={description} errorText={error} stretch>
      <SpaceBetween size="xs">
        <Grid gridDefinition={[{ colspan: { default: 8 } }, { colspan: { default: 4 } }]}>
          <Input
            value={typed}
            placeholder={placeholder}
            onChange={(event) => setTyped(event.detail.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.detail.key === "Enter") {
                event.preventDefault();
                add();
              }
            }}
          />
          <Button disabled={word === ""} onClick={add} ariaLabel={`Add to ${label.toLowerCase()}`} fullWidth>
            Add
          </Button>
        </Grid>
        {words.length > 0 && (
          <TokenGroup
            items={words.map((one) => ({ label: one, dismissLabel: `Take ${one} away` }))}
            onDismiss={(event) => onChange(words.filter((_, index) => index !== event.detail.itemIndex))}
          />
        )}
      </SpaceBetween>
    </FormField>
  );
}
