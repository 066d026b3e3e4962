// The package as a library: a program that imports "truewind" compiles against its types and runs against its build.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

// That it compiles is the type check's business: the build of it lies beside the other fixtures.
it("a small program runs a backtest, a paper session and a replay, and gets errors with codes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "truewind-library-"));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    join(root, "dist", "test", "fixtures", "library-user.js"),
    join(folder, "workspace"),
  ]);
  expect(stderr).toBe("");
  const said = JSON.parse(stdout) as { paper: { orders: number } } & Record<string, unknown>;
  expect(said).toMatchObject({
    decision: expect.stringMatching(/^(edge|no edge|not enough evidence)$/) as string,
    days: 504,
    seed: "7",
    report: true,
    repeated: said.paper.orders,
    refusal: "bad-config 2: my experiment has a problem:\n  data: is missing",
    interrupted: "interrupted",
  });
  expect(said["rows"]).toBeGreaterThan(15_000);
  expect(said.paper.orders).toBeGreaterThan(0);
  rmSync(folder, { recursive: true });
});

it("the entry point offers what the guide names, and a declaration for each", async () => {
  const library = (await import(new URL("../../dist/src/index.js", import.meta.url).href)) as Record<string, unknown>;
  const types = readFileSync(join(root, "dist", "src", "index.d.ts"), "utf8");
  for (const name of [
    "backtest",
    "paper",
    "replay",
    "openWorkspace",
    "parseExperiment",
    "readExperiment",
    "simulateDataset",
    "renderReport",
    "tune",
    "readTuning",
    "TruewindError",
  ]) {
    expect(library[name]).toBeTypeOf("function");
    expect(types).toContain(name);
  }
});
