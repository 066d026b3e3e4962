// What a person or a program sees of a command: progress on standard error, the result on standard output.
import { TruewindError } from "#base/errors.js";

export interface Terminal {
  /** True when the result is wanted as one JSON document. */
  readonly json: boolean;
  /** A line of the result, for people; silent with --json. */
  readonly say: (line?: string) => void;
  /** The result, for machines; silent without --json. */
  result(value: unknown): void;
  /** Shows how far a named step has come; `done` in [0, 1]. */
  progress(step: string, done: number): void;
  /** Ends the progress line. */
  settle(): void;
}

const BAR_WIDTH = 24;
const REDRAW_MS = 100;

export function createTerminal({ json }: { readonly json: boolean }): Terminal {
  const live = process.stderr.isTTY === true;
  let step = "";
  let startedAt = 0;
  let drawnAt = 0;
  let drawn = false;

  const clear = (): void => {
    if (drawn) process.stderr.write("\r\u001b[K");
    drawn = false;
  };
  const finish = (): void => {
    if (step === "") return;
    clear();
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    process.stderr.write(`  ${step} ${".".repeat(Math.max(2, 46 - step.length))} ${seconds} s\n`);
    step = "";
  };

  return {
    json,
    say(line = "") {
      clear();
      if (!json) process.stdout.write(`${line}\n`);
    },
    result(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, bigintToText)}\n`);
    },
    progress(name, done) {
      if (name !== step) {
        finish();
        step = name;
        startedAt = Date.now();
        drawnAt = 0;
      }
      if (!live || Date.now() - drawnAt < REDRAW_MS) return;
      drawnAt = Date.now();
      const filled = Math.round(Math.min(1, Math.max(0, done)) * BAR_WIDTH);
      const left = done > 0.02 ? `${Math.ceil((((Date.now() - startedAt) / done) * (1 - done)) / 1000)} s left` : "";
      process.stderr.write(`\r\u001b[K  ${name.padEnd(34)} ${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)} ${left}`);
      drawn = true;
    },
    settle: finish,
  };
}

function bigintToText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

/** An AbortSignal that Ctrl-C and a polite kill raise; a second Ctrl-C ends at once. */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write("\nStopping after the step in progress; press Ctrl-C again to end at once.\n");
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}

/** Prints one clear sentence and sets the exit code. An unexpected error is our bug and says so. */
export function reportFailure(error: unknown, json: boolean): void {
  const known = error instanceof TruewindError;
  const code = known ? error.code : "invariant";
  const message = error instanceof Error ? error.message : String(error);
  process.exitCode = known ? error.exitCode : 1;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else process.stderr.write(`truewind: ${message}\n`);
  if (!known && error instanceof Error) {
    process.stderr.write(`This is a defect of Truewind, not of your input. Please report it with these lines:\n${error.stack ?? ""}\n`);
  }
}
