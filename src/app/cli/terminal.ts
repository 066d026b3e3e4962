// What a person or a program sees of a command: progress on standard error, the result on standard output.
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { TruewindError } from "#base/errors.js";

export interface Terminal {
  /** True when the result is wanted as one JSON document. */
  readonly json: boolean;
  /** A line of the result, for people; silent with --json. */
  readonly say: (line?: string) => void;
  /** The result, for machines; silent without --json. */
  result(value: unknown): void;
  /** Shows how far a named step has come; `done` in [0, 1]. The metric `samples` is a count that only grows, and is shown as a rate. */
  progress(step: string, done: number, metrics?: Readonly<Record<string, number>>): void;
  /** Ends the progress line. */
  settle(): void;
}

const BAR_WIDTH = 24;
/** Beside metrics. */
const SHORT_BAR_WIDTH = 10;
const REDRAW_MS = 100;

export function createTerminal({ json }: { readonly json: boolean }): Terminal {
  const live = process.stderr.isTTY === true;
  let step = "";
  let startedAt = 0;
  let drawnAt = 0;
  let drawn = false;
  let samplesBefore = Number.NaN;

  const clear = (): void => {
    if (drawn) process.stderr.write("\r\u001b[K");
    drawn = false;
  };
  const finish = (): void => {
    if (step === "") return;
    clear();
    const seconds = (Date.now() - startedAt) / 1000;
    process.stderr.write(`  ${step} ${".".repeat(Math.max(2, 46 - step.length))} ${duration(seconds)}\n`);
    step = "";
  };

  return {
    json,
    say(line = "") {
      clear();
      if (!json) process.stdout.write(`${harmless(line)}\n`);
    },
    result(value) {
      if (json) writeDocument(value);
    },
    progress(name, done, metrics = {}) {
      if (name !== step) {
        finish();
        step = name;
        startedAt = Date.now();
        drawnAt = 0;
        samplesBefore = Number.NaN;
      }
      const { samples, ...others } = metrics;
      // What goes on from a checkpoint begins to count where it was.
      if (samples !== undefined && Number.isNaN(samplesBefore)) samplesBefore = samples;
      if (!live || Date.now() - drawnAt < REDRAW_MS) return;
      drawnAt = Date.now();
      const part = Math.min(1, Math.max(0, done));
      const width = Object.keys(metrics).length === 0 ? BAR_WIDTH : SHORT_BAR_WIDTH;
      const filled = Math.round(part * width);
      const elapsed = (Date.now() - startedAt) / 1000;
      // The first moments of a step foretell little: the estimate waits for two per cent and one second.
      const left = part > 0.02 && elapsed > 1 ? `  ${duration((elapsed / part) * (1 - part))} left` : "";
      const rate = samples !== undefined && elapsed > 0.5 ? `  ${Math.round((samples - samplesBefore) / elapsed)} samples/s` : "";
      const measured = Object.entries(others).map(
        ([metric, value]) => `  ${metric} ${Number.isInteger(value) ? value : value.toPrecision(4)}`,
      );
      const line = `  ${name.padEnd(20)} ${"#".repeat(filled)}${"-".repeat(width - filled)} ${String(Math.floor(part * 100)).padStart(3)} %${left}${measured.join("")}${rate}`;
      // A line that wraps could not be wiped again.
      process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
      drawn = true;
    },
    settle: finish,
  };
}

/** A symbol or a file name may hold escape sequences; none reaches the terminal. */
function harmless(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "\ufffd");
}

function bigintToText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

/** An AbortSignal that Ctrl-C and a polite kill raise; a second Ctrl-C ends at once. */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`${process.stderr.isTTY ? "\n" : ""}Stopping after the step in progress; press Ctrl-C again to end at once.\n`);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}

/** `3.2 s`, `4 min 10 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Prints one clear sentence and sets the exit code. An unexpected error is our bug and says so. */
export function reportFailure(error: unknown, json: boolean): void {
  const known = error instanceof TruewindError ? error : ofSystem(error);
  const code = known?.code ?? "invariant";
  const message = known?.message ?? (error instanceof Error ? error.message : String(error));
  process.exitCode = known?.exitCode ?? 1;
  if (json) writeDocument({ error: { code, message } });
  // A progress line may still stand there.
  const wipe = process.stderr.isTTY === true ? "\r\u001b[K" : "";
  if (!json || documents > 1) process.stderr.write(`${wipe}truewind: ${harmless(message)}\n`);
  if ((known === null || code === "invariant") && error instanceof Error) {
    process.stderr.write(`This is a defect of Truewind, not of your input. Please report it with these lines:\n${error.stack ?? ""}\n`);
  }
}

/** What the operating system refuses is neither a defect nor a mystery. Null for any other error. */
function ofSystem(error: unknown): TruewindError | null {
  if (!(error instanceof Error)) return null;
  if (error.name === "AbortError")
    return new TruewindError("interrupted", "It was interrupted, and nothing has changed: give the same command again.", { cause: error });
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" && path !== undefined) {
    const parent = dirname(path);
    const missing = existsSync(parent)
      ? `${path} is not there: check the path, or restore it from a copy`
      : `There is no folder ${parent}: check the path`;
    return new TruewindError("no-such-file", `${missing}.`, { cause: error });
  }
  const reason = code === undefined ? undefined : SYSTEM_REASONS[code];
  if (reason === undefined) return null;
  return new TruewindError("bad-file", `${path ?? "A file"} cannot be used: ${reason}.`, { cause: error });
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; make room and give the same command again",
  EFBIG: "it may not grow any further; raise the limit with `ulimit -f` and give the same command again",
  EDQUOT: "your quota of disk space is used up; make room and give the same command again",
  EACCES: "you may not read or write it; change its permissions or name another workspace",
  EPERM: "you may not change it; change its permissions or name another workspace",
  EROFS: "its file system is read only; name another workspace",
  EISDIR: "it is a folder, and a file is needed",
  ENOTDIR: "a part of its path is a file, and a folder is needed",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open; raise the limit with `ulimit -n`",
  EIO: "the disk reports an error",
};

let documents = 0;

/** Standard output holds one JSON document: what fails after the result was printed is told on standard error alone. */
function writeDocument(value: unknown): void {
  documents++;
  if (documents === 1) process.stdout.write(`${JSON.stringify(value, bigintToText)}\n`);
}
