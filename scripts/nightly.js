// The long suites whole instead of a seeded sample: vitest with TRUEWIND_NIGHTLY=1. Set here, because Windows shells cannot.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const hour = 3_600_000;
const { status, error } = spawnSync(
  process.execPath,
  [vitest, "run", `--testTimeout=${hour}`, `--hookTimeout=${hour}`, ...process.argv.slice(2)],
  {
    stdio: "inherit",
    env: { ...process.env, TRUEWIND_NIGHTLY: "1" },
  },
);
if (error !== undefined) process.stderr.write(`vitest did not start: ${error.message}\n`);
process.exitCode = status ?? 1;
