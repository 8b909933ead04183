// Data: what every ERP published, in one place: tables, comparisons, companies, charts, and how fresh it all is.

import { lazy } from "react";
import { Route, Routes } from "react-router";
import { Comparison } from "./compare/Comparison";
import { Freshness } from "./freshness/Freshness";
import { Matches } from "./match/Matches";
import { RecordPage } from "./record/RecordPage";
import { RecordTable } from "./tables/RecordTable";
import { TableList } from "./tables/TableList";

// Charts are half of what the pages of data weigh: loaded where one looks at them.
const Charts = lazy(() => import("./charts/Charts"));

export default function DataPages() {
  return (
    <Routes>
      <Route index element={<TableList />} />
      <Route path="tables" element={<TableList />} />
      <Route path="tables/:entity" element={<RecordTable />} />
      <Route path="tables/:entity/:id" element={<RecordPage />} />
      <Route path="compare" element={<Comparison />} />
      <Route path="match" element={<Matches />} />
      <Route path="charts" element={<Charts />} />
      <Route path="freshness" element={<Freshness />} />
    </Routes>
  );
}
