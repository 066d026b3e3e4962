// Means with what they may be wrong by: of values that are independent of each other.

/** Mean, and its standard error from the spread; both NaN of none, the error of one. */
export interface MeanAndError {
  readonly mean: number;
  readonly error: number;
}

export function meanAndError(values: readonly number[]): MeanAndError {
  return { mean: mean(values), error: deviation(values) / Math.sqrt(values.length) };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of a sample. */
export function deviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}
