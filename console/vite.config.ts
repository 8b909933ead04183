// How the console is built: into dist/, every asset named after its contents, nothing inlined,
// because the content security policy lets no inline script, style or data font through.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { fontsAsFiles } from "./fontsAsFiles.ts";

export default defineConfig({
  plugins: [react(), fontsAsFiles()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  server: {
    host: "127.0.0.1",
    // `npm run dev` beside a running `sluice console`, whose address this is.
    proxy: Object.fromEntries(
      ["/api", "/config.json"].map((path) => [path, process.env.SLUICE_CONSOLE ?? "http://localhost:4173"]),
    ),
  },
});
