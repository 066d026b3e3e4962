// The example of docs/guide/manager.md runs, and keeps its budget.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { runExample } from "./library-example.js";
import { page } from "./markdown.js";

const root = mkdtempSync(join(tmpdir(), "truewind-manager-"));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

it("runs as it stands", { timeout: 60_000 }, async () => {
  vi.stubEnv("TRUEWIND_HOME", root);
  const said = await runExample(page("docs/guide/manager.md"));
  expect(said.filter((word) => word === "BUY")).toHaveLength(3);
  expect(said.at(-2)).toBeLessThanOrEqual(0.1 + 1e-9);
  expect(said.at(-2)).toBeGreaterThan(0.05);
});
