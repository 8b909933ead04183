// Everything that surrounds the pages: who is signed in, where one is, what was just done, what went wrong.

import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { BrowserRouter } from "react-router";
import { Problem } from "../api/problem";
import type { Config } from "../config";
import { ConfigContext } from "./configContext";
import { Frame } from "./Frame";
import { NewsProvider } from "./News";

const ATTEMPTS = 3;

// What the API refuses (4xx) it refuses again; what broke may work a moment later.
const isWorthAnother = (count: number, error: unknown) =>
  count < ATTEMPTS && !(error instanceof Problem && error.status >= 400 && error.status < 500);

const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: isWorthAnother, staleTime: 2_000, throwOnError: false },
    mutations: { retry: false },
  },
});

export function Console({ config, signOut }: { config: Config; signOut: () => void }) {
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={queries}>
        <ConfigContext value={config}>
          <BrowserRouter>
            <NewsProvider>
              <Frame signOut={signOut} />
            </NewsProvider>
          </BrowserRouter>
        </ConfigContext>
      </QueryClientProvider>
    </I18nProvider>
  );
}
