// Where vendors send the browser back to: the code is handed to the API, and the result told.

import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../../../api/client";
import { GoButton } from "../../../parts/Go";
import { Loading } from "../../../parts/Loading";
import { Page } from "../../../parts/Page";
import { Trouble } from "../../../parts/Trouble";
import { useNews } from "../../../shell/News";
import { cameBack, forget } from "./authorising";

export default function AuthorizedPage() {
  // Read once: the code leaves the address, and so the history, right after.
  const [{ name, said }] = useState(() => cameBack(window.location.search));
  const navigate = useNavigate();
  const news = useNews();
  const known = useQueryClient();
  const { mutate, error } = api.useMutation("post", "/connections/{name}/authorizations/complete", {
    onSuccess: (done) => {
      void known.invalidateQueries();
      news.tell("The tokens are stored. Test it, or run it now.", `${done.connection} is authorised`);
      navigate(`/connections/${done.connection}`, { replace: true });
    },
  });
  useEffect(() => {
    window.history.replaceState(window.history.state, "", "/authorized");
    if (name !== null) {
      // Once: a second visit finds no connection to its state.
      forget(said.state);
      mutate({ params: { path: { name } }, body: said });
    }
  }, [name, said, mutate]);
  return (
    <Page title="Authorisation">
      {name === null && <Stray />}
      {name !== null && !error && <Loading what={`the tokens of ${name}`} />}
      {name !== null && error && (
        <SpaceBetween size="m">
          <Trouble error={error} />
          <GoButton to={`/connections/${name}`}>Back to {name}, to authorise it again</GoButton>
        </SpaceBetween>
      )}
    </Page>
  );
}

function Stray() {
  return (
    <Alert
      type="warning"
      header="No authorisation of this tab is under way"
      action={<GoButton to="/connections">Go to the connections</GoButton>}
    >
      It was completed already, or begun in another tab or browser. Nothing was stored. Open the connection
      and authorise it again, here.
    </Alert>
  );
}
