// The ways to look at the data, as tabs that are addresses of their own.

import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { Page } from "../../parts/Page";

const VIEWS = [
  { id: "tables", label: "Tables" },
  { id: "compare", label: "Compare" },
  { id: "match", label: "Companies" },
  { id: "charts", label: "Charts" },
  { id: "freshness", label: "Freshness" },
] as const;

interface ViewsProps {
  active: (typeof VIEWS)[number]["id"];
  title: string;
  description: string;
  children: ReactNode;
}

export function Views({ active, title, description, children }: ViewsProps) {
  const navigate = useNavigate();
  return (
    <Page title={title} description={description}>
      <Tabs
        ariaLabel="Ways to look at the data"
        activeTabId={active}
        tabs={VIEWS.map((view) => ({
          ...view,
          href: `/data/${view.id}`,
          content: view.id === active ? <SpaceBetween size="l">{children}</SpaceBetween> : null,
        }))}
        onChange={({ detail }) => navigate(`/data/${detail.activeTabId}`)}
      />
    </Page>
  );
}
