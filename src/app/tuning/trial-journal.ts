// The trials of a study on disk, one line each, in the order in which they ended. A line that a crash cut short is no trial, and is cut off.
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { TruewindError } from "#base/errors.js";
import type { Trial } from "#research/tuning/space/trial.js";
import type { TrialSeries } from "./trial-bench.js";

export type KeptTrial = Trial & TrialSeries;

export interface TrialJournal {
  /** Those that were there when it was opened, and those written since. */
  readonly trials: readonly KeptTrial[];
  /** On disk when it returns. */
  append(trial: KeptTrial): void;
  close(): void;
}

/** Throws `corrupt-artifact` for a line in the midst that is no trial. */
export function openTrialJournal(path: string): TrialJournal {
  const { trials, whole } = existsSync(path) ? read(path) : { trials: [], whole: 0 };
  const fd = openSync(path, "a");
  ftruncateSync(fd, whole);
  return {
    trials,
    append(trial) {
      writeSync(fd, `${JSON.stringify(trial)}\n`);
      fsyncSync(fd);
      trials.push(trial);
    },
    close: () => closeSync(fd),
  };
}

/** `whole`: bytes up to the end of the last whole line. */
function read(path: string): { readonly trials: KeptTrial[]; readonly whole: number } {
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf(10) + 1;
  const lines = bytes.subarray(0, whole).toString("utf8").split("\n").slice(0, -1);
  const trials = lines.map((line, at) => {
    try {
      return JSON.parse(line) as KeptTrial;
    } catch (cause) {
      throw new TruewindError(
        "corrupt-artifact",
        `${path} is damaged at line ${at + 1}: cut it off there, and give the same command again; the trials from there on are run anew.`,
        { cause },
      );
    }
  });
  return { trials, whole };
}
