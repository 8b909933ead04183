// Filters live in the address, so that what one sees can be sent to a colleague.

import { useSearchParams } from "react-router";

/** Returns a filter's value ("" for none) and how to set it: `filters.get("state")`, `filters.set("state", "open")`. */
export function useFilters() {
  const [params, setParams] = useSearchParams();
  const setAll = (values: Record<string, string>) =>
    setParams(
      () => {
        // The address itself: what was set a moment ago is in it before it is rendered.
        const changed = new URLSearchParams(window.location.search);
        for (const [name, value] of Object.entries(values)) {
          if (value) {
            changed.set(name, value);
          } else {
            changed.delete(name);
          }
        }
        return changed;
      },
      { replace: true },
    );
  return {
    get: (name: string) => params.get(name) ?? "",
    /** The value as a query parameter of the API: undefined where nothing is chosen. */
    asked: (name: string) => params.get(name) || undefined,
    set: (name: string, value: string) => setAll({ [name]: value }),
    /** Sets several at once. */
    setAll,
    /** Tells one set of filters from another. */
    key: params.toString(),
  };
}
