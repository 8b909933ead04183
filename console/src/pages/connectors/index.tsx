// Connectors: which ERPs can be read, what each needs, how it is proven, and how another is let in.

import { Route, Routes } from "react-router";
import { useMe } from "../../api/me";
import { PageNotFound } from "../../shell/PageNotFound";
import { Catalogue } from "./Catalogue";
import { ConnectorPage } from "./one/ConnectorPage";
import { Register } from "./register/Register";

// No connector's name has a capital letter: `Register` is none of them.
export default function Connectors() {
  const { may } = useMe();
  return (
    <Routes>
      <Route index element={<Catalogue />} />
      <Route
        path="Register"
        caseSensitive
        element={may("POST /connectors/{name}/versions") ? <Register /> : <PageNotFound />}
      />
      <Route path=":name" element={<ConnectorPage />} />
    </Routes>
  );
}
