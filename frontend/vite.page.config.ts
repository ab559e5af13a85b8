import { defineConfig } from "vite";
import { notice } from "./notice";

// The page that rates by itself: files for any static server.
export default defineConfig({
  plugins: [notice()],
  root: "src/page",
  base: "./",
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
      output: {
        entryFileNames: "page-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
});
