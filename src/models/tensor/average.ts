// Exponential moving average of the weights (Polyak & Juditsky 1992 in its exponential form): smoother than the last ones.

/** Moves `average` towards `weights` in place. `step` counts from 1: the first takes the weights as they are. `decay` in (0, 1). */
export function moveAverage(average: Float32Array, weights: Float32Array, decay: number, step: number): void {
  const kept = step === 1 ? 0 : decay;
  for (let i = 0; i < average.length; i++) average[i] = kept * (average[i] as number) + (1 - kept) * (weights[i] as number);
}
