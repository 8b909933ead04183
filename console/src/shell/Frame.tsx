// The frame of every page: who is signed in at the top, navigation at the side, the page in the middle.

import AppLayout from "@cloudscape-design/components/app-layout";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import SideNavigation, { type SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import { Suspense, useEffect, useRef } from "react";
import { Navigate, Route, Routes, useLocation, useNavigate } from "react-router";
import { useMe } from "../api/me";
import { Loading } from "../parts/Loading";
import { Trouble } from "../parts/Trouble";
import { crumbsOf } from "./crumbs";
import { NewsBar } from "./News";
import { PageBoundary } from "./PageBoundary";
import { PageNotFound } from "./PageNotFound";
import { PAGES, type PageEntry } from "./pages";
import { TopBar } from "./TopBar";
import { useNavigationOpen } from "./useNavigationOpen";

export function Frame({ signOut }: { signOut: () => void }) {
  const { me, may, trouble, askAgain } = useMe();
  const location = useLocation();
  const pages = PAGES.filter((page) => may(page.needs));
  const main = useFocusOnArrival(location.pathname);
  const { isOpen, setOpen, onGone } = useNavigationOpen();
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <div id="top" className="top">
        <TopBar signOut={signOut} />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigation={<Navigation pages={pages} onGone={onGone} />}
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        notifications={<NewsBar />}
        breadcrumbs={<Breadcrumbs />}
        content={
          <div id="main" ref={main} tabIndex={-1} className="page">
            <PageBoundary key={location.pathname}>
              <Suspense fallback={<Loading what="the page" />}>
                {trouble ? <Trouble error={trouble} retry={askAgain} /> : null}
                {me === undefined && !trouble ? <Loading what="who you are" /> : null}
                {me === undefined ? null : <Pages pages={pages} />}
              </Suspense>
            </PageBoundary>
          </div>
        }
      />
    </>
  );
}

function Pages({ pages }: { pages: PageEntry[] }) {
  return (
    <Routes>
      <Route path="/" element={<Navigate to="/overview" replace />} />
      {pages.map((page) => (
        <Route key={page.path} path={`/${page.path}/*`} element={<page.component />} />
      ))}
      <Route path="*" element={<PageNotFound />} />
    </Routes>
  );
}

/** A screen reader is where the eye is: a new page takes the focus, the first one leaves it alone. */
function useFocusOnArrival(pathname: string) {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current !== pathname) {
      before.current = pathname;
      place.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  }, [pathname]);
  return place;
}

function Navigation({ pages, onGone }: { pages: PageEntry[]; onGone: () => void }) {
  const navigate = useNavigate();
  const location = useLocation();
  const groups = [...new Set(pages.map((page) => page.group))].filter((group) => group !== null);
  const items: SideNavigationProps.Item[] = groups.map((group) => ({
    type: "section-group",
    title: group,
    items: pages
      .filter((page) => page.group === group)
      .map((page) => ({ type: "link", text: page.title, href: `/${page.path}` })),
  }));
  return (
    <SideNavigation
      items={items}
      activeHref={`/${location.pathname.split("/")[1]}`}
      onFollow={(event) => {
        event.preventDefault();
        navigate(event.detail.href);
        onGone();
      }}
    />
  );
}

function Breadcrumbs() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const items = crumbsOf(pathname);
  if (items.length === 0) {
    return null;
  }
  return (
    <BreadcrumbGroup
      items={items}
      onFollow={(event) => {
        event.preventDefault();
        navigate(event.detail.href);
      }}
    />
  );
}
