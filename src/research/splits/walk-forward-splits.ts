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
  const sessionOf = decisions.map(sessionFinder(sessions));
  const origin = sessionOf[first] as number;
  const folds: Fold[] = [];
  for (let testFrom = first; testFrom < decisions.length; ) {
    const block = Math.floor(((sessionOf[testFrom] as number) - origin) / testSessions);
    const start = origin + block * testSessions;
    let testTo = testFrom;
    while (testTo < decisions.length && (sessionOf[testTo] as number) < start + testSessions) testTo++;
    const testSession = sessionOf[testFrom] as number;
    const oldest = train === "expanding" ? 0 : testSession - train;
    const last = sessions[testSession - embargoSessions];
    folds.push({
      index: folds.length,
      trainFrom: sessionOf.findIndex((session) => session >= oldest),
      trainTo: testFrom,
      // Without an embargo, whatever has ended when the first test decision is made.
      labelsEndBy: (embargoSessions === 0 ? decisions[testFrom] : (last?.closeAt ?? Number.NEGATIVE_INFINITY)) as Micros,
      testFrom,
      testTo,
    });
    testFrom = testTo;
  }
  return folds;
}

/** The session a decision belongs to: the last one that has opened. */
function sessionFinder(sessions: readonly Session[]): (at: Micros) => number {
  let index = -1;
  return (at) => {
    while (index + 1 < sessions.length && (sessions[index + 1] as Session).openAt <= at) index++;
    if (index < 0) throw new TruewindError("bad-config", `A decision at ${formatMicros(at)} precedes the first session.`);
    return index;
  };
}
