// Of connectors that a person lets Sluice into with a browser: what to do before and after the form.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import type { Model } from "../../../api/client";
import { redirectUri } from "../one/authorising";

/** The secret that an authorisation writes: nobody has one to type. */
export const WRITTEN = "refresh_token";

export const isAuthorisedInBrowser = ({ authentication }: Pick<Model<"ConnectorModel">, "authentication">) =>
  authentication === "oauth2_authorization_code";

export function BeforeAuthorising() {
  return (
    <Alert type="info" header="A person agrees on the ERP's page, once the connection is added">
      Register this address with the vendor as the one to come back to:{" "}
      <Box variant="code">{redirectUri()}</Box>
    </Alert>
  );
}
