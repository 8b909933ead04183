// What is shown when not even the sign-in works.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";

export function NotStarted({ reason }: { reason: string }) {
  return (
    <Box padding="xl">
      <Alert
        type="error"
        header="The console could not start"
        action={<Button onClick={() => window.location.assign("/")}>Try again</Button>}
      >
        {reason}
      </Alert>
    </Box>
  );
}
