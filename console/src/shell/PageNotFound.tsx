// An address that leads nowhere, or to a page that this person's group does not see.

import { Empty } from "../parts/Empty";
import { Go } from "../parts/Go";
import { Page } from "../parts/Page";

export function PageNotFound() {
  return (
    <Page title="Nothing here">
      <Empty
        title="There is no such page for you"
        hint={
          <>
            Your group may not see it, or the address is wrong. <Go to="/overview">Go to the overview</Go>.
          </>
        }
      />
    </Page>
  );
}
