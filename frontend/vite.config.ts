/// <reference types="vitest/config" />
import { defineConfig } from "vite";

// One script and one style sheet, which Python puts into the page: no module, no second request.
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: process.env.VIEWER_OUT ?? "../src/cardiogram/report/static",
    emptyOutDir: false,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: "src/main.tsx",
      output: {
        format: "iife",
        entryFileNames: "report.js",
        assetFileNames: "report.css",
      },
    },
  },
  test: { include: ["test/**/*.test.{ts,tsx}"], environment: "happy-dom" },
});
