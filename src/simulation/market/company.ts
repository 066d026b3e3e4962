// One company: its fixed traits, its state, and its return and volume in one session.
// Given the past, its expected simple return is drift + edge whatever its risk, and its own shocks are symmetric around that mean.
import type { Rng } from "#base/rng.js";
import type { FactorMoves } from "./factors.js";
import { LAW, SESSIONS_PER_YEAR } from "./law.js";
import { firstLogVolatility, mixingVariable, nextLogVolatility } from "./volatility.js";

const OVERNIGHT = Math.sqrt(LAW.overnightShare);
const INTRADAY = Math.sqrt(1 - LAW.overnightShare);
const OWN = LAW.idiosyncratic;
const JUMP_RATE = OWN.jumpsPerYear / SESSIONS_PER_YEAR;
/** Share of the idiosyncratic variance that ordinary news takes, so that jumps do not raise the total. */
const ORDINARY = 1 / Math.sqrt(1 + JUMP_RATE * OWN.jumpSize ** 2);
const LEVERAGE_LIMIT = 0.6;

export interface Company {
  /** Row in the factor table of its sector. */
  readonly sectorRow: number;
  readonly beta: number;
  readonly sectorLoading: number;
  readonly styleLoadings: readonly number[];
  /** Long-run idiosyncratic volatility per session. */
  readonly volatility: number;
  /** Yearly dividend yield; 0 when it pays none. */
  readonly dividendYield: number;
  /** Sessions since listing at which the first dividend falls. */
  readonly dividendPhase: number;
  readonly rng: Rng;
  /** Latent close before rounding to ticks, USD. */
  price: number;
  /** Slow average of the price, on which dividends are set. */
  averagePrice: number;
  sharesOutstanding: number;
  readonly turnover: number;
  /** Sessions since listing. */
  age: number;
  logVolatility: number;
  /** Decaying sum of its own log-returns: what its leverage effect acts on. */
  ownMove: number;
  logVolume: number;
  /** The session's draw: simple returns, the variance of the intraday path, shares traded before rounding. */
  overnight: number;
  intraday: number;
  intradayVariance: number;
  volume: number;
}

const between = (low: number, high: number, rng: Rng): number => low + (high - low) * rng.next();
const clip = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

export function createCompany(rng: Rng, sectorRow: number): Company {
  const price = Math.exp(between(Math.log(LAW.firstPrice.low), Math.log(LAW.firstPrice.high), rng));
  const value = LAW.companyValue.median * Math.exp(LAW.companyValue.deviation * clip(rng.normal(), -2.5, 2.5));
  const pays = rng.next() < LAW.dividend.payers;
  return {
    sectorRow,
    beta: clip(LAW.beta.mean + LAW.beta.deviation * rng.normal(), LAW.beta.low, LAW.beta.high),
    sectorLoading: between(LAW.sectorLoading.low, LAW.sectorLoading.high, rng),
    styleLoadings: Array.from({ length: LAW.style.count }, () => clip(rng.normal(), -2, 2)),
    volatility: OWN.volatility * Math.exp(OWN.spread * clip(rng.normal(), -2, 2)),
    dividendYield: pays ? between(LAW.dividend.yieldLow, LAW.dividend.yieldHigh, rng) : 0,
    dividendPhase: rng.int(LAW.dividend.everySessions),
    rng,
    price,
    averagePrice: price,
    sharesOutstanding: value / price,
    turnover: LAW.turnover.median * Math.exp(LAW.turnover.deviation * rng.normal()),
    age: 0,
    logVolatility: firstLogVolatility(LAW.ownVolatility, rng),
    ownMove: 0,
    logVolume: LAW.volume.deviation * rng.normal(),
    overnight: 0,
    intraday: 0,
    intradayVariance: 0,
    volume: 0,
  };
}

/**
 * Draws one session. `edge` is the planted expected excess simple return of this session.
 *
 * The name's own volatility falls as its own price rises, with elasticity -1 over the memory of `ownMove`. This is its leverage
 * effect, and it has a second purpose: price increments, not log-returns, keep their size along a path, so that compounded returns
 * over days stay symmetric around their mean. Without it a volatile name would have a lower median than a calm one, and ranks
 * would be predictable from volatility though means are not.
 */
export function drawSession(company: Company, moves: FactorMoves, edge: number): void {
  const { rng, beta, sectorRow, sectorLoading, styleLoadings } = company;
  const f = moves.overnight.length - styleLoadings.length;
  let overnight = beta * (moves.overnight[0] as number) + sectorLoading * (moves.overnight[sectorRow] as number);
  let intraday = beta * (moves.intraday[0] as number) + sectorLoading * (moves.intraday[sectorRow] as number);
  let variance =
    beta * beta * (moves.intradayVariance[0] as number) + sectorLoading * sectorLoading * (moves.intradayVariance[sectorRow] as number);
  for (let s = 0; s < styleLoadings.length; s++) {
    const loading = styleLoadings[s] as number;
    overnight += loading * (moves.overnight[f + s] as number);
    intraday += loading * (moves.intraday[f + s] as number);
    variance += loading * loading * (moves.intradayVariance[f + s] as number);
  }

  const level = company.logVolatility + OWN.volatilityCoupling * moves.logVolatility - company.ownMove;
  const volatility = company.volatility * Math.exp(level - LAW.ownVolatility.deviation ** 2);
  const mixing = mixingVariable(LAW.mixing, rng);
  const scale = volatility * mixing * ORDINARY;
  const jump = rng.next() < JUMP_RATE ? volatility * ORDINARY * OWN.jumpSize * rng.normal() : 0;
  const ownOvernight = clip(scale * OVERNIGHT * rng.normal() + jump, -OWN.cap, OWN.cap);
  const ownIntraday = clip(scale * INTRADAY * rng.normal(), -OWN.cap, OWN.cap);

  company.overnight = overnight + ownOvernight;
  company.intraday = intraday + ownIntraday + LAW.drift + edge;
  company.intradayVariance = variance + scale * scale * (1 - LAW.overnightShare);

  const move = (ownOvernight + ownIntraday) / volatility;
  const { perMixing, perMove, persistence, deviation } = LAW.volume;
  company.logVolume = persistence * company.logVolume + deviation * Math.sqrt(1 - persistence * persistence) * rng.normal();
  const news = perMixing * Math.log(mixing) + perMove * Math.min(6, Math.abs(move)) + 0.35 * (level + company.ownMove);
  company.volume = company.sharesOutstanding * company.turnover * Math.exp(company.logVolume + news);

  company.logVolatility = nextLogVolatility(company.logVolatility, LAW.ownVolatility, 0, rng);
  const moved = LAW.ownLeverageMemory * company.ownMove + Math.log((1 + ownOvernight) * (1 + ownIntraday));
  company.ownMove = clip(moved, -LEVERAGE_LIMIT, LEVERAGE_LIMIT);
}
