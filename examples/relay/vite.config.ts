import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const hub = process.env.HUB_URL ?? "http://127.0.0.1:8000/graphql";

export default defineConfig({
  plugins: [react({ babel: { plugins: ["relay"] } })],
  // The page and the hub are one origin, as they would be behind a proxy.
  server: { proxy: { "/graphql": new URL(hub).origin } },
  test: { environment: "happy-dom", environmentOptions: { happyDOM: { url: hub } }, testTimeout: 30_000 },
});
