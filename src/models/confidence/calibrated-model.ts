// A fitted model that knows how sure it may be: the member's predictions, untouched, with an interval, a probability that their sign is right,
// and how far each row lies from what was trained on.
import { invariant } from "#base/errors.js";
import { normalQuantile } from "#base/normal-quantile.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Outcome } from "#domain/signal.js";
import type { FittedModel, OnlineModel, Opinion } from "#ports/model.js";
import { saveCalibrated } from "./artifact.js";
import { type Calibrator, probabilityOfRise } from "./calibrator.js";
import { beginPools, type Conformal, halfWidth, learnPool, POOL_STATE } from "./conformal.js";
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

/** Coverage of the interval that is told with a model's uncertainty; 0.9 for models that promise none. */
export function intervalCoverage(model: FittedModel): number {
  return (model as Partial<CalibratedModel>).assurance?.conformal.coverage ?? 0.9;
}

/** What the member shows of itself beyond the port (its coefficients, its trees) is shown on. */
export function toCalibratedModel(member: FittedModel, assurance: Assurance): CalibratedModel {
  const { volatility, conformal, pool, calibrator, domain } = assurance;
  const k = member.features.length;
  const column = volatility === null ? -1 : member.features.indexOf(volatility);
  invariant(volatility === null || column >= 0, `a calibrated model lacks its feature ${volatility}`);
  const deviations = normalQuantile((1 + conformal.coverage) / 2);

  const around = ({ expectedReturn, confidence: said, recall }: Opinion, frame: FeatureFrame, state: Float64Array): Opinion => {
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
    return { expectedReturn, uncertainty, confidence, outOfDomain: strange, ...(recall === undefined ? {} : { recall }) };
  };
  const poolsOf = (instruments: number): number => (pool === "all" ? 1 : instruments);
  const ownState = (instruments: number): number => poolsOf(instruments) * POOL_STATE;
  const opinionOn = (frame: FeatureFrame, state: Float64Array): Opinion | Promise<Opinion> => {
    if (member.online !== undefined) {
      const said = member.online.opine(frame, state.subarray(ownState(frame.instruments)));
      return said instanceof Promise ? said.then((opinion) => around(opinion, frame, state)) : around(said, frame, state);
    }
    if (member.opine === undefined) {
      const wrap = (expectedReturn: Float64Array): Opinion => around({ expectedReturn, uncertainty: null, confidence: null }, frame, state);
      const predicted = member.predict(frame);
      return predicted instanceof Promise ? predicted.then(wrap) : wrap(predicted);
    }
    const said = member.opine(frame);
    return said instanceof Promise ? said.then((opinion) => around(opinion, frame, state)) : around(said, frame, state);
  };
  const online: OnlineModel = {
    begin(instruments, before) {
      const own = ownState(instruments);
      // The width that was found while another fold's model was used is nearer to today than that of the hold-out.
      const goesOn = before !== null && before.length >= own;
      const widths = goesOn ? before.subarray(0, own) : beginPools(conformal, poolsOf(instruments));
      const rest = before !== null && before.length > own ? before.subarray(own) : null;
      return Float64Array.of(...widths, ...(member.online?.begin(instruments, rest) ?? []));
    },
    opine: opinionOn,
    learn(state, outcome) {
      const next = Float64Array.from(state);
      const own = ownState(outcome.realized.length);
      learnFrom(conformal, next, pool, deviations, outcome);
      if (member.online !== undefined) next.set(member.online.learn(state.subarray(own), outcome), own);
      return next;
    },
  };
  const learns = conformal.adaptation !== "none" || member.online !== undefined;
  return {
    ...member,
    family: "calibrated",
    member,
    assurance,
    opine: (frame) => opinionOn(frame, online.begin(frame.instruments, null)),
    ...(learns ? { online } : {}),
    save: () => saveCalibrated(member, assurance),
  };
}

/** One miss or hit per pool and outcome: the share of its rows that lay outside the interval which was told then. */
function learnFrom(
  conformal: Conformal,
  state: Float64Array,
  pool: Assurance["pool"],
  deviations: number,
  { signals: { expectedReturn, uncertainty }, realized }: Outcome,
): void {
  let [missed, rows] = [0, 0];
  for (let i = 0; i < realized.length; i++) {
    const half = deviations * (uncertainty?.[i] ?? Number.NaN);
    const error = Math.abs((realized[i] as number) - (expectedReturn[i] as number));
    if (Number.isNaN(half) || Number.isNaN(error)) continue;
    const miss = error > half ? 1 : 0;
    if (pool === "instrument") learnPool(conformal, state, i, miss);
    missed += miss;
    rows++;
  }
  if (pool === "all" && rows > 0) learnPool(conformal, state, 0, missed / rows);
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
