// Features -> the model that is allowed at this moment -> signals. Composition only.
import type { FeatureFrame } from "#domain/frame.js";
import type { Signals } from "#domain/signal.js";
import type { ModelSchedule, Opinion } from "#ports/model.js";
import type { Strategy } from "#ports/stages.js";
import { noSignals } from "./no-signals.js";

/** Before the first model there is no opinion. */
export function createModelStrategy(schedule: ModelSchedule, horizonUs: number): Strategy {
  return {
    name: "model",
    decide(frame: FeatureFrame): Signals | Promise<Signals> {
      const current = schedule.at(frame.asOf);
      if (current === null) return noSignals(frame, horizonUs);
      const { id, model } = current;
      const wrap = (opinion: Opinion): Signals => ({ asOf: frame.asOf, ...opinion, horizonUs, model: id });
      if (model.opine !== undefined) return eventually(model.opine(frame), wrap);
      return eventually(model.predict(frame), (expectedReturn) => wrap({ expectedReturn, uncertainty: null, confidence: null }));
    },
  };
}

/** Without a detour over the queue where the value is there: a step is synchronous unless its model is not. */
function eventually<T, R>(value: T | Promise<T>, then: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}
