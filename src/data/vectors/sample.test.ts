// Samples of tables: even, of about the size asked for, and blind to any period of the rows.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sampleNumbers } from "./sample.js";

const folder = mkdtempSync(join(tmpdir(), "truewind-sample-"));

it("takes all rows of a small table and an even share of a long one, of every instrument alike", async () => {
  const path = join(folder, "long.csv");
  // Ten instruments in turn.
  writeFileSync(path, `turn,row,note\n${Array.from({ length: 20_000 }, (_, k) => `${k % 10},${k},x`).join("\n")}\n`);
  const wanted = (name: string): boolean => name !== "note";
  const { names, columns, of } = await sampleNumbers(path, wanted, 2000);
  expect([names, of]).toEqual([["turn", "row"], 20_000]);
  const [turn, row] = columns as [Float64Array, Float64Array];
  expect(Math.abs(turn.length - 2000)).toBeLessThan(5);
  const counts = Array.from({ length: 10 }, (_, k) => turn.filter((v) => v === k).length);
  expect(Math.min(...counts)).toBeGreaterThan(180);
  expect(Math.max(...row.map((v, k) => v - (row[k - 1] ?? 0)))).toBeLessThan(25);
  expect((await sampleNumbers(path, wanted, 50_000)).columns[0]).toHaveLength(20_000);
});

it("refuses a folder without finished features, and what has no such column", async () => {
  await expect(sampleNumbers(folder, () => true, 10)).rejects.toMatchObject({ code: "no-data" });
  writeFileSync(join(folder, "none.csv"), "a,b\n1,2\n");
  await expect(sampleNumbers(join(folder, "none.csv"), () => false, 10)).rejects.toMatchObject({ code: "bad-file" });
});
