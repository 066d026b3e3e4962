// The one table of error codes. An error tells what, where and what to do; the command line turns its code into an exit code.

/** Exit codes of the command line: 0 ok, 1 failed, 2 usage or configuration, 3 a gate said no. */
export type ExitCode = 0 | 1 | 2 | 3;

interface ErrorKind {
  readonly exit: ExitCode;
  /** True when the same call may succeed later with nothing changed. */
  readonly retryable: boolean;
}

export const errorCodes = {
  "bad-usage": { exit: 2, retryable: false },
  "bad-config": { exit: 2, retryable: false },
  "bad-file": { exit: 1, retryable: false },
  "no-such-file": { exit: 2, retryable: false },
  "no-such-dataset": { exit: 2, retryable: false },
  "no-such-run": { exit: 2, retryable: false },
  "no-such-model": { exit: 2, retryable: false },
  "bad-key": { exit: 2, retryable: false },
  "no-data": { exit: 1, retryable: false },
  "corrupt-journal": { exit: 1, retryable: false },
  "corrupt-artifact": { exit: 1, retryable: false },
  "no-runtime": { exit: 1, retryable: false },
  "no-device": { exit: 2, retryable: false },
  "out-of-memory": { exit: 1, retryable: false },
  "diverged": { exit: 1, retryable: false },
  "worker-lost": { exit: 1, retryable: true },
  "replay-differs": { exit: 1, retryable: false },
  "data-changed": { exit: 1, retryable: false },
  "busy": { exit: 1, retryable: true },
  "interrupted": { exit: 1, retryable: true },
  "gate-closed": { exit: 3, retryable: false },
  "killed": { exit: 3, retryable: false },
  "live-disabled": { exit: 2, retryable: false },
  "invariant": { exit: 1, retryable: false },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorCodes;

/** Every error that Truewind raises on purpose. `message` is one clear sentence for a person. */
export class TruewindError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "TruewindError";
  }

  get exitCode(): ExitCode {
    return errorCodes[this.code].exit;
  }
}

/** Guards an internal truth. A failure is our bug, never the user's: the engine halts. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new TruewindError("invariant", `Invariant: ${message}`);
}
