// From a score to the probability of a rise: one curve, learned from scores that were out of sample and from what followed.
import type { ByteReader, ByteWriter } from "#base/bytes.js";
import { fitIsotonic, readCurve, type RisingCurve, withoutCertainty } from "./isotonic.js";
import { fitPlatt, fitTemperature, type LogisticCurve, readLogistic } from "./logistic-curve.js";

export const CALIBRATIONS = ["platt", "isotonic", "temperature"] as const;
export type Calibration = (typeof CALIBRATIONS)[number];

export type Calibrator = ({ readonly method: "isotonic" } & RisingCurve) | ({ readonly method: "platt" | "temperature" } & LogisticCurve);

/** `rise`: 1 where the label was above zero, else 0. No NaN, at least one pair; one class alone or equal scores give what can be said. */
export function fitCalibrator(method: Calibration, scores: Float64Array, rise: Uint8Array, weight: Float64Array | null): Calibrator {
  switch (method) {
    case "isotonic":
      return { method, ...withoutCertainty(fitIsotonic(scores, Float64Array.from(rise), weight), scores, weight) };
    case "platt":
      return { method, ...fitPlatt(scores, rise, weight) };
    case "temperature":
      return { method, ...fitTemperature(scores, rise, weight) };
    default:
      return method satisfies never;
  }
}

/** Probability of a rise, in [0, 1], and by `isotonic` never 0 or 1; NaN for a score that is NaN. */
export function probabilityOfRise(calibrator: Calibrator, score: number): number {
  return calibrator.method === "isotonic" ? readCurve(calibrator, score) : readLogistic(calibrator, score);
}

export function writeCalibrator(writer: ByteWriter, calibrator: Calibrator): void {
  writer.text(calibrator.method);
  if (calibrator.method === "isotonic") writer.f64s(calibrator.x).f64s(calibrator.y);
  else writer.f64(calibrator.slope).f64(calibrator.intercept);
}

export function readCalibrator(reader: ByteReader): Calibrator {
  const method = reader.text() as Calibration;
  if (method === "isotonic") return { method, x: reader.f64s(), y: reader.f64s() };
  return { method, slope: reader.f64(), intercept: reader.f64() };
}
