// Which folder may touch what lies outside the code: files, databases, the command line. The core computes and touches nothing.
// Test files are exempt: they build what they need.
import { parseImports } from "./import-direction.js";
import { isTest, isTypeScript, type SourceFile, type Violation } from "./repository.js";

/** Node modules that only compute, open to every folder. */
const pureNode = new Set(["node:crypto", "node:buffer", "node:util", "node:assert"]);
const files = [
  "node:fs",
  "node:fs/promises",
  "node:path",
  "node:url",
  "node:stream",
  "node:stream/promises",
  "node:zlib",
  "node:readline",
  "node:os",
];

/** Folder -> modules beyond the pure ones. `adapters` and `app` may use any node module; packages are named for all. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  data: ["@duckdb/node-api", "yaml", "zod", ...files],
  features: ["zod", "node:module", "node:worker_threads"],
  models: ["onnxruntime-node", "zod", "node:module", "node:worker_threads"],
  portfolio: ["zod"],
  risk: ["zod"],
  simulation: ["zod"],
  research: ["zod", "node:module", "node:worker_threads"],
  adapters: ["ioredis", "kysely", "libsql", "zod"],
  app: ["commander", "yaml", "zod"],
};

export function checkOutsideWorld(all: readonly SourceFile[]): readonly Violation[] {
  const violations: Violation[] = [];
  for (const file of all) {
    if (!file.path.startsWith("src/") || !isTypeScript(file) || isTest(file)) continue;
    const folder = file.path.split("/")[1] as string;
    for (const { specifier, line } of parseImports(file.text)) {
      if (/^[.#]/.test(specifier) || pureNode.has(specifier)) continue;
      if (specifier.startsWith("node:") && (folder === "adapters" || folder === "app")) continue;
      if (mayUse[folder]?.includes(specifier) === true) continue;
      violations.push({ path: file.path, line, message: `${folder} may not use ${specifier}` });
    }
  }
  return violations;
}
