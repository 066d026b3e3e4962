// How the raw scores of trees become an expected return: plain numbers, kept with the model.

export type Link =
  /** The score is the expected return. */
  | { readonly kind: "identity" }
  /** The score is the log-odds of a rise: (2p - 1) times `scale`, the mean absolute training label. */
  | { readonly kind: "direction"; readonly scale: number }
  /** The score is p itself. */
  | { readonly kind: "probability"; readonly scale: number }
  /** Scores are log-odds of classes: the sum over classes of probability times the class's mean training label. */
  | { readonly kind: "classes"; readonly means: readonly number[] }
  /** The score only orders: `intercept + slope * score`. */
  | { readonly kind: "line"; readonly intercept: number; readonly slope: number };

/** `scores`: `[output]`. */
export function expectedReturn(link: Link, scores: ArrayLike<number>): number {
  const score = scores[0] as number;
  switch (link.kind) {
    case "identity":
      return score;
    case "direction":
      return link.scale * Math.tanh(score / 2); // 2p - 1
    case "probability":
      return link.scale * (2 * score - 1);
    case "line":
      return link.intercept + link.slope * score;
    case "classes":
      return expectedClass(link.means, scores);
  }
}

function expectedClass(means: readonly number[], scores: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < scores.length; c++) most = Math.max(most, scores[c] as number);
  let sum = 0;
  let mass = 0;
  for (let c = 0; c < scores.length; c++) {
    const e = Math.exp((scores[c] as number) - most);
    sum += e * (means[c] as number);
    mass += e;
  }
  return sum / mass;
}

/** Scores per row that the link reads. */
export const outputsOf = (link: Link): number => (link.kind === "classes" ? link.means.length : 1);
