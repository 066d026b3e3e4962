// The core touches no file, no database, no thread; and proof that the rule can fail.
import { expect, it } from "vitest";
import { checkOutsideWorld } from "./outside-world.js";
import { report, repositoryFiles } from "./repository.js";

const judge = (path: string, specifier: string): readonly string[] =>
  report(checkOutsideWorld([{ path, text: `import { x } from "${specifier}";` }]));

it("only data, adapters and app touch the outside world, each its own part", () => {
  expect(report(checkOutsideWorld(repositoryFiles()))).toEqual([]);
});

it.each([
  ["src/engine/x.ts", "node:fs"],
  ["src/risk/x.ts", "node:worker_threads"],
  ["src/research/x.ts", "@duckdb/node-api"],
  ["src/data/x.ts", "node:http"],
  ["src/data/x.ts", "kysely"],
  ["src/adapters/clock/x.ts", "commander"],
  ["src/app/x.ts", "libsql"],
  ["src/domain/x.ts", "zod"],
  ["src/models/x.ts", "some-new-package"],
])("%s may not use %s", (path, specifier) => {
  expect(judge(path, specifier)).toEqual([expect.stringContaining(`may not use ${specifier}`)]);
});

it.each([
  ["src/base/x.ts", "node:crypto"],
  ["src/data/x.ts", "node:fs"],
  ["src/adapters/stores/x.ts", "libsql"],
  ["src/app/x.ts", "node:child_process"],
  ["src/engine/x.test.ts", "node:fs"],
  ["src/engine/x.ts", "#ports/stages.js"],
])("%s may use %s", (path, specifier) => {
  expect(judge(path, specifier)).toEqual([]);
});
