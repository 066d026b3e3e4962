// Unit tests run the sources; process-level tests (CLI, crash, workers) run the build in dist, which `npm test` makes first.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

/**
 * Whole files that run in `npm run nightly` alone: each takes half a minute or more of real data, of builds or of processes, and what it holds
 * has a smaller test of its own that runs always (readers and books beside their sources, features in `compute-part`, `four-modes` and the contract
 * over the whole registry, pages in the other tests of `test/docs`).
 */
const nightly = [
  "test/data/facts.test.ts",
  "test/data/books.test.ts",
  "test/data/garbage.test.ts",
  "test/data/fx.test.ts",
  "test/data/confidence-real.test.ts",
  "test/data/real-features.test.ts",
  "test/docs/code-blocks.test.ts",
  "test/docs/examples.test.ts",
  "test/cli/features-compute.test.ts",
  "test/scenarios/look-back.test.ts",
  "src/features/plan/drift.test.ts",
];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^#(test|bench)\/(.*)\.js$/, replacement: `${root}$1/$2.ts` },
      { find: /^#(.*)\.js$/, replacement: `${root}src/$1.ts` },
    ],
  },
  test: {
    exclude: process.env["TRUEWIND_NIGHTLY"] === "1" ? [] : nightly,
    projects: [
      // Nothing in src keeps a state that a test could leave behind, so that files share a process and load their modules once.
      { extends: true, test: { name: "src", include: ["src/**/*.test.ts"], isolate: false } },
      { extends: true, test: { name: "product", include: ["test/**/*.test.ts", "bench/**/*.test.ts"] } },
    ],
    setupFiles: ["test/property-seed.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One less is the default, which leaves a machine of two cores half idle: many files wait for processes that they started.
    maxWorkers: "100%",
  },
});
