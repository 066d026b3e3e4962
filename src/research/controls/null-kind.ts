// The kinds of null market: what each keeps of the real one, and what it destroys. Only the first two are evidence.

export const nullKinds = ["market", "names", "phases", "blocks", "signs"] as const;
export type NullKind = (typeof nullKinds)[number];

interface KindOfNull {
  readonly title: string;
  /** Whether a gate may rest on it. The others keep linear or short-lived structure of the real market. */
  readonly evidence: boolean;
  /** Whether the direction of the whole market is unpredictable too, beside the differences between names. */
  readonly timing: boolean;
  readonly keeps: string;
  readonly destroys: string;
}

export const NULL_KINDS: Readonly<Record<NullKind, KindOfNull>> = {
  market: {
    title: "Whole days permuted",
    evidence: true,
    timing: true,
    keeps:
      "moves of all names together on a day, their fat tails, each name's volatility and its clusters (GARCH), shapes of bars, volume, listings and gaps",
    destroys: "every order in time but that of volatility, each name's own mean, and the difference between rises and falls",
  },
  names: {
    title: "Names permuted within a day",
    evidence: true,
    timing: false,
    keeps: "the days of the market in their order, with all moves that were made on each, and who is listed when",
    destroys: "whose move it was: every lasting trait of a name (volatility, beta, sector) and all prediction across names",
  },
  phases: {
    title: "Phases randomized",
    evidence: false,
    timing: false,
    keeps: "linear dependence in time and between names (all autocorrelations)",
    destroys: "everything that is not linear",
  },
  blocks: {
    title: "Blocks shuffled",
    evidence: false,
    timing: false,
    keeps: "everything within blocks of 20 sessions",
    destroys: "what reaches further",
  },
  signs: {
    title: "Signs flipped by block",
    evidence: false,
    timing: false,
    keeps: "sizes of moves, and autocorrelation within blocks of 20 sessions",
    destroys: "means and trends",
  },
};
