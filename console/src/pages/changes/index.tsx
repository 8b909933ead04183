// API changes: what the ERPs changed, and an operator's decision on it.

import { Route, Routes } from "react-router";
import { ChangeList } from "./ChangeList";
import { ChangePage } from "./ChangePage";

export default function Changes() {
  return (
    <Routes>
      <Route index element={<ChangeList />} />
      <Route path=":id" element={<ChangePage />} />
    </Routes>
  );
}
