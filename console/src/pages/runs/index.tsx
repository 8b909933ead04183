// Runs: what ran, what became of it, and one run in full.

import { Route, Routes } from "react-router";
import { RunList } from "./RunList";
import { RunPage } from "./RunPage";

export default function Runs() {
  return (
    <Routes>
      <Route index element={<RunList />} />
      <Route path=":run" element={<RunPage />} />
    </Routes>
  );
}
