// Sends the browser to the vendor's page, where a person lets Sluice in. It comes back to /authorized.

import Button from "@cloudscape-design/components/button";
import { useAuthorising } from "./useAuthorising";

export function Authorise({ connection }: { connection: { name: string; connector: string } }) {
  const authorising = useAuthorising(connection);
  if (!authorising.isPossible) {
    return null;
  }
  return (
    <Button iconName="external" iconAlign="right" loading={authorising.isBusy} onClick={authorising.begin}>
      Authorise
    </Button>
  );
}
