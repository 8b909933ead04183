// Cloudscape's style sheet holds its fonts as data: URLs. Here each becomes a file: the content security policy
// lets no data font through, and a browser that has its fonts elsewhere need not load 600 kB of them.
import type { Plugin } from "vite";

const DATA_FONT = /url\(["']?data:font\/woff2;base64,([A-Za-z0-9+/=]+)["']?\)/g;

export function fontsAsFiles(): Plugin {
  return {
    name: "fonts-as-files",
    generateBundle(_options, bundle) {
      for (const asset of Object.values(bundle)) {
        if (asset.type === "asset" && asset.fileName.endsWith(".css")) {
          asset.source = asset.source.toString().replace(DATA_FONT, (_url, font: string) => {
            const source = Buffer.from(font, "base64");
            const name = this.getFileName(this.emitFile({ type: "asset", name: "font.woff2", source }));
            return `url(/${name})`;
          });
        }
      }
    },
  };
}
