// The console begins: where to sign in, who it is, and then the pages.

import "@cloudscape-design/global-styles/index.css";
import "./console.css";
import { createRoot } from "react-dom/client";
import { askInNameOf } from "./api/client";
import { openSession } from "./auth/session";
import { readConfig } from "./config";
import { applyAppearance } from "./shell/appearance";
import { Console } from "./shell/Console";
import { NotStarted } from "./shell/NotStarted";

async function begin(): Promise<void> {
  const place = document.getElementById("console");
  if (place === null) {
    throw new Error("index.html has no #console");
  }
  applyAppearance();
  const root = createRoot(place);
  try {
    const config = await readConfig();
    const session = await openSession(config);
    if (session !== null) {
      askInNameOf(session);
      root.render(<Console config={config} signOut={session.signOut} />);
    }
  } catch (error) {
    root.render(<NotStarted reason={error instanceof Error ? error.message : String(error)} />);
  }
}

void begin();
