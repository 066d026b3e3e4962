// How much of a parent order should be done by the end of the coming step, as a share of it. Pure, and from nothing but the past: what is
// still to come enters as a forecast alone.

/** Time-weighted: steps are numbered from 0, and `steps` of them are planned; a step beyond the last is the last. */
export function twapShare(step: number, steps: number): number {
  return steps > 0 ? Math.min(1, (step + 1) / steps) : 1;
}

/** Volume of the market over the time of the parent order, any one unit. */
export interface VolumeOutlook {
  /** Traded since it began. */
  readonly seen: number;
  /** What had been forecast for that same time. */
  readonly expected: number;
  /** Forecast for the coming step, and for all steps behind it. */
  readonly next: number;
  readonly later: number;
}

/**
 * How many days of forecast volume speak for the forecast against the volume of this one: a tenth of the whole parent's time. Early in the order a burst of
 * volume moves the level little, late it is nearly all that counts.
 */
const LEVEL_PRIOR = 0.1;

/** Today's volume over its forecast, as far as it has been seen: 1 at the beginning, and where nothing is forecast. */
export function volumeLevel({ seen, expected, next, later }: VolumeOutlook): number {
  const prior = LEVEL_PRIOR * (expected + next + later);
  return prior > 0 ? (seen + prior) / (expected + prior) : 1;
}

/**
 * Volume-weighted: the share of the whole time's volume that will have traded by the end of the coming step. What was seen is counted, what is to come is
 * the forecast curve at today's level (the dynamic form of Bialkowski, Darolles & Le Fol 2008; Humphery-Jenner 2011). NaN without any volume.
 */
export function vwapShare(outlook: VolumeOutlook): number {
  const level = volumeLevel(outlook);
  const soon = outlook.seen + level * outlook.next;
  return soon / (soon + level * outlook.later);
}

/**
 * Implementation shortfall: what Almgren & Chriss (2000, eq. 17) have sold by the end of the step, of `steps`. `urgency` is kappa T: 0 is time-weighted, at 3
 * half of the order is done in a quarter of the time.
 */
export function shortfallShare(step: number, steps: number, urgency: number): number {
  if (!(steps > 0) || step + 1 >= steps) return 1;
  return 1 - sinhRatio(urgency, (steps - step - 1) / steps);
}

/** sinh(a f) / sinh(a) for f of 0 to 1, without overflow; its limit f at a = 0. */
export function sinhRatio(a: number, f: number): number {
  if (a < 1e-6) return f;
  return (Math.exp(a * (f - 1)) * -Math.expm1(-2 * a * f)) / -Math.expm1(-2 * a);
}
