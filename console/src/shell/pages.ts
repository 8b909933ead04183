// Every page there is: its address, its name, and the operation without which it has nothing to show.
// A page is loaded when it is first opened.

import { type ComponentType, lazy } from "react";

export interface PageEntry {
  path: string;
  title: string;
  /** The operation of the API that the page lives on; who may not call it does not see the page. */
  needs: string;
  /** Where the navigation has it; null for a page that one is sent to. */
  group: "Watch" | "Set up" | "Look at" | null;
  component: ComponentType;
}

export const PAGES: PageEntry[] = [
  {
    path: "overview",
    title: "Overview",
    needs: "GET /overview",
    group: "Watch",
    component: lazy(() => import("../pages/overview")),
  },
  {
    path: "runs",
    title: "Runs",
    needs: "GET /runs",
    group: "Watch",
    component: lazy(() => import("../pages/runs")),
  },
  {
    path: "changes",
    title: "API changes",
    needs: "GET /changes",
    group: "Watch",
    component: lazy(() => import("../pages/changes")),
  },
  {
    path: "quarantine",
    title: "Quarantine",
    needs: "GET /connections/{name}/quarantine",
    group: "Watch",
    component: lazy(() => import("../pages/quarantine")),
  },
  {
    path: "topics",
    title: "Topics",
    needs: "GET /topics",
    group: "Watch",
    component: lazy(() => import("../pages/topics")),
  },
  {
    path: "connections",
    title: "Connections",
    needs: "GET /connections",
    group: "Set up",
    component: lazy(() => import("../pages/connections")),
  },
  {
    path: "connectors",
    title: "Connectors",
    needs: "GET /connectors",
    group: "Set up",
    component: lazy(() => import("../pages/connectors")),
  },
  {
    path: "notifications",
    title: "Notifications",
    needs: "GET /subscriptions",
    group: "Set up",
    component: lazy(() => import("../pages/notifications")),
  },
  {
    path: "data",
    title: "Data",
    needs: "GET /data/entities",
    group: "Look at",
    component: lazy(() => import("../pages/data")),
  },
  {
    path: "audit",
    title: "Audit",
    needs: "GET /audit",
    group: "Look at",
    component: lazy(() => import("../pages/audit")),
  },
  {
    path: "authorized",
    title: "Authorisation",
    needs: "POST /connections/{name}/authorizations/complete",
    group: null,
    component: lazy(() => import("../pages/connections/one/Authorized")),
  },
];

export const pageOf = (pathname: string) => PAGES.find((page) => page.path === pathname.split("/")[1]);
