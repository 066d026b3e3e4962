// Files of trials: whole there and back, a table for people, and a sentence for what cannot be taken in.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { RecordedTrial } from "#ports/store.js";
import { sampleTrial } from "#test/contracts/store.js";
import { readTrials, trialsAsText } from "./exchange-file.js";

const folder = mkdtempSync(join(tmpdir(), "truewind-exchange-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const trial: RecordedTrial = { ...sampleTrial, outOfSample: sampleTrial.outOfSample.map((value) => value + 0), identity: "a1" };
const bare: RecordedTrial = { ...trial, identity: "a2", kind: "tuning", study: "=two", family: null, at: new Float64Array(0) };

describe("a file of trials", () => {
  it("gives back what was written, to the bit", () => {
    const path = at("ledger.json", trialsAsText("ledger.json", [trial, bare]));
    expect(readTrials(path)).toEqual([trial, bare]);
  });
  it("is a table for other programs, in which no name becomes a formula", () => {
    const [head, first, second] = trialsAsText("ledger.CSV", [trial, bare]).split("\n");
    expect(head?.split(",").slice(0, 5)).toEqual(["recorded_at", "kind", "label", "family", "study"]);
    expect(first).toContain('"momentum, \'quoted\' ""text"" ✓",linear,,7,');
    expect(second).toContain(",,'=two,7,");
  });
  it("is refused where it holds no trials, is torn, is missing, or ends as nothing we know", () => {
    const { at: _, ...without } = { ...trial, outOfSample: [...trial.outOfSample] };
    expect(() => readTrials(at("no.json", "{}"))).toThrow(/no\.json holds no trials that can be taken in \(truewindTrials/);
    expect(() => readTrials(at("torn.json", '{"truewindTrials":1,'))).toThrow(/torn\.json is no JSON/);
    expect(() => readTrials(join(folder, "nowhere.json"))).toThrow(/Cannot read .*nowhere\.json/);
    expect(() => readTrials(at("less.json", JSON.stringify({ truewindTrials: 1, trials: [without] })))).toThrow(/trials\.0\.at/);
    const uneven = { ...without, at: [1] };
    expect(() => readTrials(at("uneven.json", JSON.stringify({ truewindTrials: 1, trials: [uneven] })))).toThrow(
      /their times differ in number/,
    );
    expect(() => trialsAsText("trials.xlsx", [])).toThrow(/must end in \.json .* or \.csv/);
  });
});
