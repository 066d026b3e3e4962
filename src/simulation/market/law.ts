// The constants of the simulated world: where its returns, volumes and corporate actions come from.
// Calibrated by eye against S&P 500 names of 2005-2016 (test/reference/market holds the figures); never read from data at run time.

/** Sessions in a year, wherever a yearly figure is turned into one per session. */
export const SESSIONS_PER_YEAR = 252;

/** Sector keys (part of an instrument's id) and names, in the order in which slots are dealt out. */
export const SECTORS: readonly (readonly [key: string, name: string])[] = [
  ["TECH", "Technology"],
  ["FINA", "Financials"],
  ["HLTH", "Health Care"],
  ["INDU", "Industrials"],
  ["ENER", "Energy"],
  ["CONS", "Consumer"],
  ["UTIL", "Utilities"],
  ["MATL", "Materials"],
  ["REAL", "Real Estate"],
  ["COMM", "Communication"],
  ["STAP", "Consumer Staples"],
];

/** All volatilities are standard deviations of simple returns per session. */
export const LAW = {
  /** Expected simple return of every name per session, whatever its risk: volatility is not priced, so nothing past predicts it. */
  drift: 0.08 / SESSIONS_PER_YEAR,
  /** Share of a session's variance that falls between the previous close and the open. */
  overnightShare: 0.2,

  market: { volatility: 0.0125, jumpsPerYear: 3, jumpSize: 0.018, cap: 0.12 },
  sector: { volatility: 0.0062, volatilityCoupling: 0.8, cap: 0.1 },
  style: { count: 2, volatility: 0.0028, volatilityCoupling: 0.6, cap: 0.05 },
  idiosyncratic: { volatility: 0.0128, spread: 0.28, volatilityCoupling: 0.75, jumpsPerYear: 5, jumpSize: 3.4, cap: 0.3 },

  /** Log-volatility of the market: a slow and a fast autoregression whose shocks lean against the return (leverage effect). */
  slowVolatility: { persistence: 0.995, deviation: 0.48, leverage: -0.4 },
  fastVolatility: { persistence: 0.94, deviation: 0.28, leverage: -0.8 },
  /** Log-volatility of one name around its own level. */
  ownVolatility: { persistence: 0.985, deviation: 0.34 },
  /** Memory of a name's own leverage effect, per session; its elasticity is -1 (see company.ts). */
  ownLeverageMemory: 0.985,
  /** Deviation of the log of the mixing variable: how unevenly news arrives from one session to the next. */
  mixing: 0.34,

  beta: { mean: 1, deviation: 0.22, low: 0.5, high: 1.6 },
  sectorLoading: { low: 0.7, high: 1.3 },

  delistingsPerYear: 0.02,
  /** Sessions until a new company takes the place of a delisted one: `min` to `min + spread - 1`. */
  vacancy: { min: 20, spread: 100 },
  /** A merger pays a premium; a failure loses everything or a part. The two balance: the mean delisting return is exactly zero. */
  delisting: { mergerLow: 0.05, mergerHigh: 0.35, totalLoss: 0.25, lossLow: 0.05, lossHigh: 0.55 },

  dividend: { payers: 0.7, yieldLow: 0.005, yieldHigh: 0.04, everySessions: 63, largest: 0.03 },
  split: { above: 150, perSession: 1 / 60, reverseBelow: 8, reverseRatio: 0.2 },
  firstPrice: { low: 24, high: 120 },

  /** Company value in USD at listing, and shares changing hands per session as a fraction of those outstanding. */
  companyValue: { median: 8e9, deviation: 1 },
  turnover: { median: 0.007, deviation: 0.35 },
  /** Log-volume: elasticity to the mixing variable and to the relative size of the move, and a persistent noise. */
  volume: { perMixing: 0.5, perMove: 0.24, persistence: 0.75, deviation: 0.27 },
} as const;
