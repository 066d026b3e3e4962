import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type KeptTrial, openTrialJournal } from "./trial-journal.js";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truewind-journal-"));
  path = join(folder, "trials.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const trial = (number: number): KeptTrial => ({
  number,
  params: { "model.alpha": 0.1 + number / 3 },
  state: "complete",
  value: 1 / (number + 3),
  intermediates: [[1, 0.1 * number]],
  reason: null,
  series: [number / 7],
  rankIcs: [[3, number / 7]],
});

it("gives back the trials that were written, to the last bit", () => {
  const journal = openTrialJournal(path);
  for (const number of [2, 0, 1]) journal.append(trial(number));
  journal.close();
  const again = openTrialJournal(path);
  expect(again.trials).toEqual([trial(2), trial(0), trial(1)]);
  again.close();
});

it("cuts off what a crash cut short wherever it was, and goes on behind it", () => {
  const journal = openTrialJournal(path);
  journal.append(trial(0));
  journal.append(trial(1));
  journal.close();
  const bytes = readFileSync(path);
  const first = bytes.indexOf(10) + 1;
  for (let cut = first; cut < bytes.length; cut += 23) {
    writeFileSync(path, bytes.subarray(0, cut));
    const torn = openTrialJournal(path);
    expect(torn.trials).toEqual([trial(0)]);
    torn.append(trial(1));
    torn.close();
    expect(readFileSync(path)).toEqual(bytes);
  }
});

it("says where a line in the midst is damaged", () => {
  const journal = openTrialJournal(path);
  journal.append(trial(0));
  journal.append(trial(1));
  journal.close();
  const bytes = readFileSync(path);
  bytes[4] = 0;
  writeFileSync(path, bytes);
  expect(() => openTrialJournal(path)).toThrow(/trials\.jsonl is damaged at line 1: cut it off there/);
});
