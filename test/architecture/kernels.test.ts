// Compiled kernels are committed, so that tests run the sources: they must be those of their sources.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("compiled kernels are what their sources compile to", { timeout: 240_000 }, () => {
  const script = fileURLToPath(new URL("../../scripts/build-kernels.js", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  expect([stderr, status]).toEqual(["", 0]);
});
