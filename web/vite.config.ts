import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The build lands inside the Python package, so that the wheel carries it.
export default defineConfig({
  plugins: [react()],
  build: { outDir: "../src/sonarium/web_assets", emptyOutDir: true, target: "es2022" },
  server: { proxy: { "/api": "http://127.0.0.1:8042", "/dicom-web": "http://127.0.0.1:8042" } },
});
