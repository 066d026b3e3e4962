// Exact statements about a chance from a count: the interval of Clopper & Pearson (1934) and the binomial tail.

/** P(X >= `count`) for `trials` independent chances of `p`. */
export function binomialTail(count: number, trials: number, p: number): number {
  if (count <= 0) return 1;
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  // From the first term on, each is the last one times a ratio: no factorial overflows.
  let logTerm = count * Math.log(p) + (trials - count) * Math.log1p(-p);
  for (let k = 1; k <= count; k++) logTerm += Math.log(trials - count + k) - Math.log(k);
  let term = Math.exp(logTerm);
  let sum = 0;
  for (let k = count; k <= trials; k++) {
    sum += term;
    term *= ((trials - k) / (k + 1)) * (p / (1 - p));
  }
  return Math.min(1, sum);
}

/** Two-sided interval that holds the true chance at least as often as `confidence` says. [0, 1] without trials. */
export function exactInterval(count: number, trials: number, confidence: number): readonly [low: number, high: number] {
  if (trials === 0) return [0, 1];
  const side = (1 - confidence) / 2;
  const low = count === 0 ? 0 : solve((p) => binomialTail(count, trials, p), side);
  const high = count === trials ? 1 : solve((p) => binomialTail(count + 1, trials, p), 1 - side);
  return [low, high];
}

/** The p at which a rising function of it has the value. */
function solve(rising: (p: number) => number, value: number): number {
  let [low, high] = [0, 1];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (rising(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
