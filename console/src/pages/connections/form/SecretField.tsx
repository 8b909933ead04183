// A secret: written only. What is stored never comes back; an empty field leaves it as it is.

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import type { Model } from "../../../api/client";
import "./form.css";

interface SecretProps {
  name: string;
  about: Model<"SecretModel">;
  isStored: boolean;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
  onLeave: () => void;
}

// Keys in PEM have lines, which a field of one line would swallow.
const hasLines = (name: string) => /(^|_)(private_key|pem|certificate)$/.test(name);

export function SecretField({ name, about, isStored, value, error, onChange, onLeave }: SecretProps) {
  const placeholder = isStored ? "Kept as it is stored" : "";
  return (
    <FormField
      label={
        <>
          {about.title || name}
          {about.optional && <i> - optional</i>}
        </>
      }
      description={about.description}
      constraintText={isStored ? "One is stored. Type only to replace it; it is never shown." : undefined}
      errorText={error}
    >
      {hasLines(name) ? (
        <div className="secret">
          <Textarea
            value={value}
            placeholder={placeholder}
            rows={4}
            spellcheck={false}
            autoComplete={false}
            onChange={(event) => onChange(event.detail.value)}
            onBlur={onLeave}
          />
        </div>
      ) : (
        <Input
          type="password"
          value={value}
          placeholder={placeholder}
          autoComplete="new-password"
          spellcheck={false}
          onChange={(event) => onChange(event.detail.value)}
          onBlur={onLeave}
        />
      )}
    </FormField>
  );
}
