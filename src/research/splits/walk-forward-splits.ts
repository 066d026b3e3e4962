// Purged walk-forward folds: train on the past, test on the sessions that follow, move on.
//
// Leakage, and what is done about it. A label at time t is made of prices after t. A training label that ends after the test has begun is
// made of the very prices the test is judged on: the model has then seen part of the answer. Cutting the training set by decision time
// does not prevent it; with a horizon of 20 sessions the last 20 training rows would leak. So rows are purged by the END of their label,
// and an embargo leaves a further gap for what prices remember (volatility, slow features), counted in sessions.
import { TruewindError } from "#base/errors.js";
import type { Session } from "#domain/session.js";
import { formatMicros } from "#domain/time.js";
import type { Micros } from "#domain/time.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import { sessionEmbargo, sessionOf as sessionOfDecision } from "./embargo.js";
import type { Split } from "./split.js";

export interface WalkForwardOptions {
  /** Length of the training window in sessions before the test, or all of the past. */
  readonly train: "expanding" | number;
  /** Sessions tested with one model. */
  readonly testSessions: number;
  /** Whole sessions between the end of the last training label and the first test decision's session, at least. */
  readonly embargoSessions: number;
  /** Decisions from this moment on are out-of-sample. */
  readonly firstTest: Micros;
}

/** Positions refer to the list of decision times given to `walkForwardFolds`. */
export interface Fold {
  readonly index: number;
  /** First and behind the last decision of the training window, before purging by label end. */
  readonly trainFrom: number;
  readonly trainTo: number;
  /** A sample may train only if its label ends at or before this moment. */
  readonly labelsEndBy: Micros;
  /** First and behind the last decision of the test. */
  readonly testFrom: number;
  readonly testTo: number;
}

/**
 * Every decision from `firstTest` on is in exactly one test, in time order. `decisions` ascend; `sessions` cover them.
 * Throws `bad-config` when nothing is left to test or nothing precedes the first test.
 */
export function walkForwardFolds(decisions: readonly Micros[], sessions: readonly Session[], options: WalkForwardOptions): readonly Fold[] {
  const { train, testSessions, embargoSessions, firstTest } = options;
  const first = decisions.findIndex((at) => at >= firstTest);
  if (first < 0)
    throw new TruewindError("bad-config", `Nothing is left to test: no decision falls at or after ${formatMicros(firstTest)}.`);
  if (first === 0)
    throw new TruewindError(
      "bad-config",
      `Nothing precedes the first test at ${formatMicros(firstTest)}: start the data earlier or the test later.`,
    );
  const sessionOf = decisions.map((at) => sessionOfDecision(sessions, at));
  const embargo = sessionEmbargo(sessions, embargoSessions);
  const origin = sessionOf[first] as number;
  const folds: Fold[] = [];
  for (let testFrom = first; testFrom < decisions.length; ) {
    const block = Math.floor(((sessionOf[testFrom] as number) - origin) / testSessions);
    const start = origin + block * testSessions;
    let testTo = testFrom;
    while (testTo < decisions.length && (sessionOf[testTo] as number) < start + testSessions) testTo++;
    const testSession = sessionOf[testFrom] as number;
    const oldest = train === "expanding" ? 0 : testSession - train;
    folds.push({
      index: folds.length,
      trainFrom: sessionOf.findIndex((session) => session >= oldest),
      trainTo: testFrom,
      labelsEndBy: embargo(decisions[testFrom] as Micros, Number.POSITIVE_INFINITY).from as Micros,
      testFrom,
      testTo,
    });
    testFrom = testTo;
  }
  return folds;
}

/** A fold among the rows of a store. Nothing behind its test ever trains. */
export function splitOf({ index, trainFrom, trainTo, labelsEndBy, testFrom, testTo }: Fold, { decisions, firstRow }: FrameStore): Split {
  const row = (decision: number): number => firstRow[decision] as number;
  const never = Number.POSITIVE_INFINITY;
  return {
    index,
    groups: [index],
    train: { from: row(trainFrom), to: row(trainTo) },
    tests: [{ from: row(testFrom), to: row(testTo) }],
    zones: [{ begins: decisions[testFrom]?.at as number, ends: never, from: labelsEndBy, to: never }],
  };
}
