// The last line of CI never says that all is well when something failed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const script = fileURLToPath(new URL("../scripts/ci-summary.js", import.meta.url));

const summary = (report: unknown, failedSteps: number): { last: string; code: number | null } => {
  const folder = mkdtempSync(join(tmpdir(), "truewind-"));
  const path = join(folder, "report.json");
  if (report !== null) writeFileSync(path, JSON.stringify(report));
  const { stdout, status } = spawnSync(process.execPath, [script, path, String(failedSteps)], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return { last: stdout.trimEnd().split("\n").at(-1) ?? "", code: status };
};
const good = { success: true, numPassedTests: 7, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, testResults: [] };

it.each([
  ["all passed", good, 0, "7 passed, 0 failed", 0],
  ["two steps failed", good, 2, "7 passed, 2 failed", 1],
  [
    "one test failed",
    { ...good, success: false, numFailedTests: 1, testResults: [{ status: "failed", assertionResults: [{ status: "failed" }] }] },
    0,
    "7 passed, 1 failed",
    1,
  ],
  [
    "a file failed before its first test",
    { ...good, success: false, testResults: [{ status: "failed", name: "x.test.ts", message: "no such module", assertionResults: [] }] },
    0,
    "7 passed, 1 failed",
    1,
  ],
  ["an error outside any test", { ...good, success: false }, 0, "7 passed, 1 failed", 1],
  ["there is no report", null, 0, "0 passed, 1 failed", 1],
] as const)("%s", (_name, report, failedSteps, last, code) => {
  expect(summary(report, failedSteps)).toEqual({ last, code });
});
