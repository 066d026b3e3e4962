// Features -> the model that is allowed at this moment -> signals. Composition only.
import type { FeatureFrame } from "#domain/frame.js";
import type { Signals } from "#domain/signal.js";
import type { ModelSchedule } from "#ports/model.js";
import type { Strategy } from "#ports/stages.js";
import { noSignals } from "./no-signals.js";

/** Before the first model there is no opinion. */
export function createModelStrategy(schedule: ModelSchedule, horizonUs: number): Strategy {
  return {
    name: "model",
    decide(frame: FeatureFrame): Signals | Promise<Signals> {
      const current = schedule.at(frame.asOf);
      if (current === null) return noSignals(frame, horizonUs);
      const wrap = (expectedReturn: Float64Array): Signals => ({
        asOf: frame.asOf,
        expectedReturn,
        uncertainty: null,
        horizonUs,
        model: current.id,
      });
      const predicted = current.model.predict(frame);
      return predicted instanceof Promise ? predicted.then(wrap) : wrap(predicted);
    },
  };
}
