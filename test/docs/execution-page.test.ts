// The page on execution: its example runs against the library, and its first block of figures is what the command says where the data is.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openWorkspace } from "#app/config/workspace.js";
import { costPicture } from "#app/execution/cost-picture.js";
import { executionLines } from "#app/execution/execute-lines.js";
import { performExecute } from "#app/execution/perform-execute.js";
import { parseDeclaration } from "#data/import/declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { sharedData } from "#test/needs.js";
import { runExample } from "./library-example.js";
import { fences, page, root } from "./markdown.js";

const execution = page("docs/guide/execution.md");
const data = sharedData();

it("docs/guide/execution.md has an example that runs, and whose numbers are those of its words", async () => {
  const said = await runExample(execution);
  const [routing, urgency, mean, variance, slices, moved, parts] = said as [
    { routes: { venue: string; lots: number }[]; left: number },
    number,
    number,
    number,
    number[],
    { temporary: number; lasting: number },
    Record<string, number>,
  ];
  expect(routing.left).toBe(0);
  expect(routing.routes.map(({ venue, lots }) => [venue, lots])).toEqual([
    ["near", 5],
    ["far", 7],
  ]);
  // The paper's own figure for this risk aversion is about 0.61 a day.
  expect(urgency / 5).toBeCloseTo(0.61, 2);
  expect(mean).toBeGreaterThan(6e5);
  expect(variance).toBeGreaterThan(0);
  expect(slices.reduce((a, b) => a + b)).toBe(1e6);
  expect(moved.temporary).toBeGreaterThan(0);
  expect(parts["total"]).toBe(80 * 4 + 20 * 10);
});

it.skipIf(data === null)("its figures of four US shares, and its picture, are made again to the letter", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "execution-page-"));
  try {
    const workspace = openWorkspace(folder);
    const declaration = parseDeclaration({
      name: "us-minutes",
      files: "minute/*/201310*_trade.csv.gz",
      columns: {
        at: { column: "ts_utc", unit: "iso", edge: "start" },
        open: "open",
        high: "high",
        low: "low",
        close: "close",
        volume: "volume",
      },
      symbol: { path: "minute/([^/]+)/" },
      symbolCase: "upper",
      interval: 60,
      priceBasis: "raw",
    });
    await importDataset({ declaration, root: join(data as string, "intraday_minute_bars", "equity_usa") }, workspace.lake);
    const options = { workspace, dataset: "us-minutes", instruments: null, share: 0.05, halfSpreadBps: 1, onProgress: () => undefined };
    const result = await performExecute({ ...options, learn: 1 });
    const block = fences(execution).find(({ words }) => words.includes("us-minutes"))?.code ?? "";
    expect(executionLines(result).join("\n").trim()).toBe(block.trim());
    expect(costPicture(result)).toBe(readFileSync(join(root, "docs/guide/execution-styles.svg"), "utf8"));

    await expect(performExecute({ ...options, learn: 5 })).rejects.toMatchObject({ code: "no-data" });
    await expect(performExecute({ ...options, learn: 1, instruments: ["NOBODY"] })).rejects.toMatchObject({ code: "bad-config" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
