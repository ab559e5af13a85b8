import { resolve } from "node:path";
import { defineConfig } from "vite";
import { notice } from "./notice";

const ROOT = resolve(import.meta.dirname, "src/page");

// The page that rates by itself: files for any static server.
export default defineConfig({
  plugins: [notice()],
  root: ROOT,
  base: "./",
  define: { PYTHON: JSON.stringify(process.env.PAGE_PYTHON ?? "python/") },
  worker: { format: "es", rolldownOptions: { output: { entryFileNames: "[name]-[hash].js" } } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: process.env.PAGE_OUT ?? "../../../space",
    emptyOutDir: false,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the policy takes no data: address
    reportCompressedSize: false,
    rolldownOptions: {
      input: { page: resolve(ROOT, "index.html"), sw: resolve(ROOT, "sw.ts") },
      output: {
        // The service worker keeps its name: by it the browser finds the next version.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "page-[hash].js"),
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
});
