// The quarantine: records that were set aside, why, and handing them over again.

import { Navigate, Route, Routes, useParams } from "react-router";
import { PageNotFound } from "../../shell/PageNotFound";
import { QuarantineList } from "./QuarantineList";
import { RecordPage } from "./RecordPage";

export default function Quarantine() {
  return (
    <Routes>
      <Route index element={<QuarantineList />} />
      <Route path=":connection" element={<Listed />} />
      <Route path=":connection/:stream" element={<Listed />} />
      <Route path=":connection/:stream/:record" element={<RecordPage />} />
      <Route path="*" element={<PageNotFound />} />
    </Routes>
  );
}

/** The way back from a record leads over its stream and its connection: to the list of what they have. */
function Listed() {
  const { connection = "", stream } = useParams();
  const filters = new URLSearchParams({ connection, ...(stream ? { stream } : {}) });
  return <Navigate to={`/quarantine?${filters}`} replace />;
}
