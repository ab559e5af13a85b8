/* The licences of all that is in a bundle, as they ask, in a file beside it. */

import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)\//;

export function notice(): Plugin {
  return {
    name: "notice",
    generateBundle(_, bundle) {
      const packages = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const id of chunk.moduleIds) {
          const found = PACKAGE.exec(id)?.[1];
          if (found) packages.add(found);
        }
      }
      const parts = [...packages].sort().map((name) => {
        const about = JSON.parse(read(name, "package.json")) as { version: string; license: string };
        const text = read(name, "LICENSE").trim();
        return `${"-".repeat(80)}\n${name} ${about.version} (${about.license})\n\n${text}\n`;
      });
      const head = "The scripts here have code of these packages, under their own licences.\n";
      this.emitFile({ type: "asset", fileName: "NOTICE.txt", source: [head, ...parts].join("\n") });
    },
  };
}

function read(name: string, file: string): string {
  return readFileSync(new URL(`node_modules/${name}/${file}`, import.meta.url), "utf8");
}
