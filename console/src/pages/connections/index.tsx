// Connections: which customers' ERPs are read, how each of them is, and the form that adds or changes one.

import { Route, Routes } from "react-router";
import { useMe } from "../../api/me";
import { PageNotFound } from "../../shell/PageNotFound";
import { ConnectionList } from "./ConnectionList";
import { ChangeConnection } from "./form/ChangeConnection";
import { NewConnection } from "./form/NewConnection";
import { ConnectionPage } from "./one/ConnectionPage";

// No connection's name has a capital letter: `New` is none of them.
export default function Connections() {
  const { may } = useMe();
  return (
    <Routes>
      <Route index element={<ConnectionList />} />
      <Route
        path="New"
        caseSensitive
        element={may("POST /connections") ? <NewConnection /> : <PageNotFound />}
      />
      <Route path=":name" element={<ConnectionPage />} />
      <Route
        path=":name/change"
        element={may("PUT /connections/{name}") ? <ChangeConnection /> : <PageNotFound />}
      />
    </Routes>
  );
}
