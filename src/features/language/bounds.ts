// Bounds of values that many features share: inclusive, null on a side without one.

/** Inclusive; null on a side without one. */
export type Bounds = readonly [number | null, number | null];

export const anything: Bounds = [null, null];
export const aboveZero: Bounds = [0, null];
export const aboveMinusOne: Bounds = [-1, null];
export const unit: Bounds = [0, 1];
export const signedUnit: Bounds = [-1, 1];
export const percent: Bounds = [0, 100];
export const signedPercent: Bounds = [-100, 100];
