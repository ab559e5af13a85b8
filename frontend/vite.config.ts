/// <reference types="vitest/config" />
import { defineConfig } from "vite";
import { notice } from "./notice";

const LICENCES = [
  "/*! cardiogram's viewer, Apache-2.0. With code of Preact and @preact/signals (MIT, Jason Miller",
  "and the Preact team), TanStack Virtual (MIT, Tanner Linsley), d3-zoom, d3-selection and what they",
  "need (ISC and BSD-3-Clause, Mike Bostock; d3-ease: Robert Penner) and kdbush (ISC, Vladimir",
  "Agafonkin). Their licences: NOTICE.txt beside this file in the package cardiogram. */",
].join("\n");

// One script and one style sheet, which Python puts into the page: no module, no second request.
export default defineConfig({
  plugins: [notice()],
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
        // The report carries the bundle to people who do not have the package.
        postBanner: (chunk) => (chunk.isEntry ? LICENCES : ""),
      },
    },
  },
  test: { include: ["test/**/*.test.{ts,tsx}"], environment: "happy-dom" },
});
