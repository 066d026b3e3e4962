// Filtered probabilities of hidden states. Their parameters are declared, not fitted: they suit returns in units of their own deviation.
import { aboveZero, anything, unit } from "#features/language/bounds.js";
import { logRange, ret } from "#features/catalog/statistical/quantities.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { volume } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import type { Series } from "#features/language/series.js";

/** Return in deviations of the last 120 and 250 bars. */
export const scaled = (x: Series<"ratio">, bars: number): Series<"ratio"> => x.div(x.std(bars));
/** Calm and turbulent: no drift, deviations 0.6 and 1.6. */
export const turbulent: readonly number[] = [0, 0.6, 0, 1.6, 0.97, 0.93];
/** Rising and quiet against falling and wild, as Ang and Bekaert 2002 find. */
export const bearish: readonly number[] = [0.1, 0.75, -0.15, 1.5, 0.97, 0.94];
/** Drifts alone. */
const drifting: readonly number[] = [0.1, 1, -0.1, 1, 0.99, 0.985];
/** Falling, calm, rising. */
const three: readonly number[] = [-0.5, 1.4, 0.6, 0.4, 1, 0.94];
const range = logRange.div(logRange.mean(60)).sub(1);
const activity = volume.div(volume.mean(60)).log();
const two = (x: Series<"ratio">, params: readonly number[], output = 0): Series<"ratio"> => fold("twoStates", [x], params, output);

export const hiddenStates: readonly FeatureDefinition[] = defineFeatures("regime", 1, [
  ["turbulent_120", two(scaled(ret, 120), turbulent), "probability", unit, "Hamilton 1989, filter: turbulent, against 120 bars"],
  ["turbulent_250", two(scaled(ret, 250), turbulent), "probability", unit, "Hamilton 1989, filter: turbulent, against 250 bars"],
  ["bear_250", two(scaled(ret, 250), bearish), "probability", unit, "Hamilton 1989, filter; Ang and Bekaert 2002: falling and wild"],
  ["falling_250", two(scaled(ret, 250), drifting), "probability", unit, "Hamilton 1989, filter: drift down, deviations alike"],
  [
    "state_surprise",
    two(scaled(ret, 120), turbulent, 1),
    "nats",
    anything,
    "Hamilton 1989, filter: minus log density of the return as predicted",
  ],
  [
    "three_states_falling",
    fold("threeStates", [scaled(ret, 120)], three, 0),
    "probability",
    unit,
    "Hamilton 1989, filter of three states: falling",
  ],
  [
    "three_states_rising",
    fold("threeStates", [scaled(ret, 120)], three, 1),
    "probability",
    unit,
    "Hamilton 1989, filter of three states: rising",
  ],
  [
    "three_states_entropy",
    fold("threeStates", [scaled(ret, 120)], three, 2),
    "share",
    unit,
    "Hamilton 1989, filter of three states: entropy over log 3",
  ],
  ["wide_range_state", two(range, [-0.25, 0.3, 0.5, 0.8, 0.95, 0.9]), "probability", unit, "Hamilton 1989, filter on log ranges: wide"],
  [
    "active_volume_state",
    two(activity, [-0.3, 0.4, 0.3, 0.6, 0.94, 0.9]),
    "probability",
    unit,
    "Hamilton 1989, filter on log volume: active",
  ],
  [
    "range_state_surprise",
    two(range, [-0.25, 0.3, 0.5, 0.8, 0.95, 0.9], 1),
    "nats",
    anything,
    "Hamilton 1989, filter on log ranges: minus log density",
  ],
  [
    "garch_regime",
    fold<"ratio">("garch", [ret, ret.square().mean(250)], [0.15, 0, 0.8]).div(
      fold<"ratio">("garch", [ret, ret.square().mean(250)], [0.03, 0, 0.96]),
    ),
    "ratio",
    aboveZero,
    "Bollerslev 1986: forecast of a quick over a slow model, 0.15, 0.8 and 0.03, 0.96",
  ],
]);
