// The way to a page, from its address: the page's own name, then what it is about.

import { pageOf } from "./pages";

export interface Crumb {
  text: string;
  href: string;
}

/** Returns the steps of an address; none of a page that stands at the beginning itself. */
export function crumbsOf(pathname: string): Crumb[] {
  const parts = pathname.split("/").filter(Boolean);
  if (parts.length < 2) {
    return [];
  }
  return parts.map((part, index) => ({
    text: index === 0 ? (pageOf(pathname)?.title ?? part) : decoded(part),
    href: `/${parts.slice(0, index + 1).join("/")}`,
  }));
}

// An address is whatever somebody typed: a % that begins no code is shown as it stands.
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
