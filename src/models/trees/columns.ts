// Names of the columns that trees see.

/** Every feature at every step, the oldest first; `momentum@3` is the momentum three decisions before. */
export function columnNames(features: readonly string[], steps: number): readonly string[] {
  return Array.from({ length: steps }, (_, step) => steps - 1 - step).flatMap((back) =>
    features.map((name) => (back === 0 ? name : `${name}@${back}`)),
  );
}
