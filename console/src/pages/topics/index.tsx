// Topics: the queues behind them, what waits there, and dead letters.

import { Route, Routes } from "react-router";
import { TopicList } from "./TopicList";
import { TopicPage } from "./TopicPage";

export default function Topics() {
  return (
    <Routes>
      <Route index element={<TopicList />} />
      <Route path=":name" element={<TopicPage />} />
    </Routes>
  );
}
