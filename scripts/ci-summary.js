// The last line of .ci/run: `N passed, N failed`, from vitest's JSON report and the number of other steps that failed.
// A file that fails before its first test, a missing report and each failed step count as one failure.
import { readFileSync } from "node:fs";

const [reportPath = "", failedSteps = "0"] = process.argv.slice(2);

let passed = 0;
let failed = Number(failedSteps);
try {
  const report = JSON.parse(readFileSync(reportPath, "utf8"));
  passed = report.numPassedTests;
  failed += report.numFailedTests;
  for (const file of report.testResults) {
    if (file.status !== "failed" || file.assertionResults.some((test) => test.status === "failed")) continue;
    process.stdout.write(`failed before or after its tests: ${file.name}\n${file.message}\n`);
    failed++;
  }
  const skipped = report.numPendingTests + report.numTodoTests;
  if (skipped > 0) process.stdout.write(`${skipped} skipped\n`);
  if (!report.success && failed === 0) failed = 1; // e.g. an error outside any test
} catch (error) {
  process.stdout.write(`no test report: ${error.message}\n`);
  failed++;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
