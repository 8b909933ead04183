// What was just done and whether it worked, and that what is shown may be old: a flashbar above every page.

import Button from "@cloudscape-design/components/button";
import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";
import { asProblem } from "../api/problem";
import { useStale } from "./stale";

interface News {
  items: FlashbarProps.MessageDefinition[];
  /** Says that something was done. */
  tell: (content: ReactNode, header?: string) => void;
  /** Says that something did not work: any thrown thing will do. */
  complain: (error: unknown, header?: string) => void;
}

const NewsContext = createContext<News | null>(null);

const MOST = 4;

export function NewsProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<FlashbarProps.MessageDefinition[]>([]);

  const add = useCallback((item: FlashbarProps.MessageDefinition) => {
    const id = crypto.randomUUID();
    const dismiss = () => setItems((shown) => shown.filter((one) => one.id !== id));
    const whole = { ...item, id, dismissible: true, dismissLabel: "Dismiss", onDismiss: dismiss };
    setItems((shown) => [whole, ...shown].slice(0, MOST));
  }, []);

  const news = useMemo<News>(
    () => ({
      items,
      tell: (content, header) => add({ type: "success", header, content }),
      complain: (error, header) => {
        const problem = asProblem(error);
        add({ type: "error", header: header ?? problem.title, content: problem.message });
      },
    }),
    [items, add],
  );

  return <NewsContext value={news}>{children}</NewsContext>;
}

export function useNews(): News {
  const found = use(NewsContext);
  if (found === null) {
    throw new Error("news are told outside of the console");
  }
  return found;
}

export function NewsBar() {
  const { items } = useNews();
  const stale = useStale();
  const queries = useQueryClient();
  const old: FlashbarProps.MessageDefinition = {
    id: "stale",
    type: "warning",
    header: "What is shown may be old",
    content: stale && asProblem(stale).title,
    action: <Button onClick={() => void queries.refetchQueries({ type: "active" })}>Ask again</Button>,
  };
  return <Flashbar items={stale ? [old, ...items] : items} stackItems />;
}
