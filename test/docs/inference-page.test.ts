// The page on skill and search: its example runs against the library, and its table holds the figures that were measured.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { drawShocks, falseCalls, falseCallsWithoutDraws } from "#test/fixtures/inference-size.js";
import { runExample } from "./library-example.js";
import { page, root, tableRows } from "./markdown.js";

interface Part {
  readonly repetitions: Readonly<Record<string, number>>;
  readonly falseCalls: readonly Readonly<Record<string, number>>[];
}

const PAGE = page("docs/guide/inference.md");
const measured = JSON.parse(readFileSync(join(root, "test/reference/inference/size.json"), "utf8")) as Readonly<
  Record<"drawn" | "plain", Part>
>;

describe("docs/guide/inference.md", () => {
  it("has an example that runs and finds the one good strategy", async () => {
    const [best, consistent, step, low, high, set] = (await runExample(PAGE)) as [number, number, number, number, number, Float64Array];
    expect(best).toBe(1);
    expect(consistent).toBeLessThan(0.05);
    expect(step).toBeLessThan(0.05);
    expect(low).toBeLessThan(high);
    expect(set).toHaveLength(5);
  });

  it("shows the false calls that were measured", () => {
    const rows = tableRows(PAGE);
    for (const { repetitions, falseCalls: cells } of [measured.drawn, measured.plain]) {
      const total = Object.values(repetitions).reduce((a, b) => a + b, 0);
      expect(PAGE.text).toContain(`${total.toLocaleString("en-US")} repetitions`);
      const names = [...new Set(cells.flatMap((cell) => Object.keys(cell)))];
      expect(names.length).toBeGreaterThanOrEqual(4);
      for (const name of names)
        expect(rows, name).toContainEqual([name, ...cells.map((cell) => ((100 * (cell[name] ?? 0)) / total).toFixed(1))]);
    }
  });

  it("measures what it says: the same repetition gives the same calls", async () => {
    const shocks = drawShocks(250, "again");
    expect(drawShocks(250, "again")).toEqual(shocks);
    expect(await falseCalls(shocks, 0.2, "again")).toEqual(await falseCalls(shocks, 0.2, "again"));
    expect(falseCallsWithoutDraws(shocks, 0.2)).toEqual(falseCallsWithoutDraws(shocks, 0.2));
  });
});
