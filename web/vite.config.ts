import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The build lands inside the Python package, so that the wheel carries it.
export default defineConfig({
  plugins: [react()],
  logLevel: "warn",
  build: {
    outDir: "../src/sonarium/web_assets",
    emptyOutDir: true,
    target: "es2022",
    // The reader of PDF is large, and fetched only with one.
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8042", "/dicom-web": "http://127.0.0.1:8042" } },
});
