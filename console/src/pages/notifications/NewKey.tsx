// A signing key, told this once: afterwards nobody can read it any more.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Code } from "../../parts/Code";

export function NewKey({ value, onClose }: { value: string; onClose: () => void }) {
  return (
    <Modal
      visible
      header="The signing key"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            I have kept it
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">
          It is shown this once. Give it to whoever runs the receiver, by a safe way.
        </Alert>
        <Code value={value} label="Signing key" copy />
        <Box variant="p">
          Every message is signed with it, as Standard Webhooks says: the receiver can tell ours from others.
          Where it takes the place of another, the other signs along for a day.
        </Box>
      </SpaceBetween>
    </Modal>
  );
}
