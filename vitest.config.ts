// Unit tests run the sources; process-level tests (CLI, crash, workers) run the build in dist, which `npm test` makes first.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^#(test|bench)\/(.*)\.js$/, replacement: `${root}$1/$2.ts` },
      { find: /^#(.*)\.js$/, replacement: `${root}src/$1.ts` },
    ],
  },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One less is the default, which leaves a machine of two cores half idle: many files wait for processes that they started.
    maxWorkers: "100%",
  },
});
