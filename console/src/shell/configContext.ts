// The console's configuration, for whoever links to somewhere outside of it.

import { createContext, use } from "react";
import type { Config } from "../config";

export const ConfigContext = createContext<Config | null>(null);

export function useConfig(): Config {
  const found = use(ConfigContext);
  if (found === null) {
    throw new Error("the configuration is asked for outside of the console");
  }
  return found;
}
