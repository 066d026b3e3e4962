// A fitted model that knows how sure it may be: the member's predictions, untouched, with an interval, a probability that their sign is right,
// and how far each row lies from what was trained on.
import { invariant } from "#base/errors.js";
import { normalQuantile } from "#base/normal-quantile.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { FittedModel, Opinion } from "#ports/model.js";
import { saveCalibrated } from "./artifact.js";
import { type Calibrator, probabilityOfRise } from "./calibrator.js";
import { beginPools, type Conformal, halfWidth } from "./conformal.js";
import { type Domain, outOfDomain } from "./out-of-domain.js";

/** Everything but the member. */
export interface Assurance {
  readonly calibrator: Calibrator;
  readonly conformal: Conformal;
  readonly domain: Domain;
  readonly pool: "all" | "instrument";
  /** A feature that errors are proportional to; null when all are alike. */
  readonly volatility: string | null;
}

export interface CalibratedModel extends FittedModel {
  readonly member: FittedModel;
  readonly assurance: Assurance;
}

/** What the member shows of itself beyond the port (its coefficients, its trees) is shown on. */
export function toCalibratedModel(member: FittedModel, assurance: Assurance): CalibratedModel {
  const { volatility, conformal, pool, calibrator, domain } = assurance;
  const k = member.features.length;
  const column = volatility === null ? -1 : member.features.indexOf(volatility);
  invariant(volatility === null || column >= 0, `a calibrated model lacks its feature ${volatility}`);
  const deviations = normalQuantile((1 + conformal.coverage) / 2);

  const around = ({ expectedReturn, confidence: said }: Opinion, frame: FeatureFrame, state: Float64Array): Opinion => {
    const n = frame.instruments;
    const [uncertainty, confidence, strange] = [nans(n), nans(n), nans(n)];
    for (let i = 0; i < n; i++) {
      const expected = expectedReturn[i] as number;
      if (Number.isNaN(expected)) continue;
      strange[i] = outOfDomain(domain, frame.values, i * k);
      const scale = column < 0 ? 1 : scaleOf(frame.values[i * k + column] as number);
      uncertainty[i] = (halfWidth(conformal, state, pool === "all" ? 0 : i) * scale) / deviations;
      const rise = probabilityOfRise(calibrator, scoreOf(expected, said === null ? null : (said[i] as number), scale));
      confidence[i] = expected >= 0 ? rise : 1 - rise;
    }
    return { expectedReturn, uncertainty, confidence, outOfDomain: strange };
  };
  const opinionOn = (frame: FeatureFrame, state: Float64Array): Opinion | Promise<Opinion> => {
    if (member.opine === undefined) {
      const wrap = (expectedReturn: Float64Array): Opinion => around({ expectedReturn, uncertainty: null, confidence: null }, frame, state);
      const predicted = member.predict(frame);
      return predicted instanceof Promise ? predicted.then(wrap) : wrap(predicted);
    }
    const said = member.opine(frame);
    return said instanceof Promise ? said.then((opinion) => around(opinion, frame, state)) : around(said, frame, state);
  };
  return {
    ...member,
    family: "calibrated",
    member,
    assurance,
    opine: (frame) => opinionOn(frame, beginPools(conformal, pool === "all" ? 1 : frame.instruments)),
    save: () => saveCalibrated(member, assurance),
  };
}

const nans = (n: number): Float64Array => new Float64Array(n).fill(Number.NaN);

/** Rounded as in training; NaN for what cannot be a scale. */
export function scaleOf(value: number): number {
  const scale = Math.fround(value);
  return scale > 0 && scale < Number.POSITIVE_INFINITY ? scale : Number.NaN;
}

/** What is calibrated: the member's own logit of a rise where it gives one, else its prediction in units of the scale. */
export function scoreOf(expectedReturn: number, confidence: number | null, scale: number): number {
  if (confidence === null) return expectedReturn / scale;
  const sure = Math.min(1 - 1e-12, Math.max(1e-12, confidence));
  return (expectedReturn >= 0 ? 1 : -1) * Math.log(sure / (1 - sure));
}
