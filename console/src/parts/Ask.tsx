// Asks before something is done that cannot be undone, or that wants a reason.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea, { type TextareaProps } from "@cloudscape-design/components/textarea";
import { type ReactNode, useRef, useState } from "react";
import { Trouble } from "./Trouble";

interface AskProps {
  title: string;
  children?: ReactNode;
  /** What the button that does it says. */
  action: string;
  /** Whether a reason is asked for: not at all, if the person likes, or before it can be done. */
  reason?: "none" | "optional" | "required";
  busy?: boolean;
  error?: unknown;
  onAnswer: (reason: string) => void;
  onClose: () => void;
}

export function Ask({ title, children, action, reason = "none", busy, error, onAnswer, onClose }: AskProps) {
  const [why, setWhy] = useState("");
  const [missed, setMissed] = useState(false);
  const field = useRef<TextareaProps.Ref>(null);
  const lacksReason = reason === "required" && why.trim() === "";
  const answer = () => {
    setMissed(lacksReason);
    if (lacksReason) {
      field.current?.focus();
    } else {
      onAnswer(why.trim());
    }
  };
  const buttons = (
    <Box float="right">
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
        <Button variant="primary" loading={busy} onClick={answer}>
          {action}
        </Button>
      </SpaceBetween>
    </Box>
  );
  return (
    <Modal visible header={title} footer={buttons} onDismiss={onClose}>
      <SpaceBetween size="m">
        {children}
        {reason !== "none" && (
          <FormField
            label="Reason"
            description="For those who come after."
            errorText={missed && lacksReason && "Say why: who comes after has nothing else to go by."}
            stretch
          >
            <Textarea ref={field} value={why} rows={3} onChange={(event) => setWhy(event.detail.value)} />
          </FormField>
        )}
        {error ? <Trouble error={error} /> : null}
      </SpaceBetween>
    </Modal>
  );
}
