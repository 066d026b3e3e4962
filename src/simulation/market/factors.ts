// What all companies share in a session: the market, the sectors and the styles, each split into overnight and intraday moves.
// Every move is symmetric around zero given the past; the common drift is added by the company.
import type { Rng } from "#base/rng.js";
import { LAW, SESSIONS_PER_YEAR } from "./law.js";
import { firstLogVolatility, mixingVariable, nextLogVolatility } from "./volatility.js";

const OVERNIGHT = Math.sqrt(LAW.overnightShare);
const INTRADAY = Math.sqrt(1 - LAW.overnightShare);

/** The moves of one session. Row 0 is the market, then the sectors, then the styles; simple returns. */
export interface FactorMoves {
  readonly overnight: Float64Array;
  readonly intraday: Float64Array;
  /** Variance of the intraday move given the session's own volatility: what the path between open and close is drawn with. */
  readonly intradayVariance: Float64Array;
  /** Log of the market's volatility over its long-run level, in force in this session. */
  logVolatility: number;
}

export interface Factors {
  readonly sectors: number;
  readonly moves: FactorMoves;
  /** Draws the next session into `moves`. */
  advance(): void;
}

const clip = (value: number, cap: number): number => Math.max(-cap, Math.min(cap, value));

/** One stream per factor: adding sectors does not change the market's path. */
export function createFactors(rng: Rng, sectors: number): Factors {
  const count = 1 + sectors + LAW.style.count;
  const streams = Array.from({ length: count }, (_, f) =>
    rng.fork(f === 0 ? "market" : f <= sectors ? `sector/${f}` : `style/${f - sectors}`),
  );
  const marketRng = streams[0] as Rng;
  const volatilityRng = rng.fork("volatility");
  const moves: FactorMoves = {
    overnight: new Float64Array(count),
    intraday: new Float64Array(count),
    intradayVariance: new Float64Array(count),
    logVolatility: 0,
  };
  const { slowVolatility, fastVolatility } = LAW;
  const meanSquare = slowVolatility.deviation ** 2 + fastVolatility.deviation ** 2;
  let slow = firstLogVolatility(slowVolatility, volatilityRng);
  let fast = firstLogVolatility(fastVolatility, volatilityRng);
  let shock = Number.NaN;

  const draw = (f: number, volatility: number, cap: number, stream: Rng): void => {
    const scale = volatility * mixingVariable(LAW.mixing, stream);
    moves.overnight[f] = clip(scale * OVERNIGHT * stream.normal(), cap);
    moves.intraday[f] = clip(scale * INTRADAY * stream.normal(), cap);
    moves.intradayVariance[f] = scale * scale * (1 - LAW.overnightShare);
  };

  return {
    sectors,
    moves,
    advance() {
      if (!Number.isNaN(shock)) {
        slow = nextLogVolatility(slow, slowVolatility, shock, volatilityRng);
        fast = nextLogVolatility(fast, fastVolatility, shock, volatilityRng);
      }
      const level = slow + fast;
      moves.logVolatility = level;
      const marketVolatility = LAW.market.volatility * Math.exp(level - meanSquare);
      draw(0, marketVolatility, LAW.market.cap, marketRng);
      // A jump comes overnight, as often up as down: the fall's longer shadow comes from the leverage effect, not from the mean.
      const jumped = marketRng.next() < LAW.market.jumpsPerYear / SESSIONS_PER_YEAR;
      const jump = jumped ? LAW.market.jumpSize * marketRng.normal() : 0;
      moves.overnight[0] = clip((moves.overnight[0] as number) + jump, LAW.market.cap);
      shock = ((moves.overnight[0] as number) + (moves.intraday[0] as number)) / marketVolatility;

      const { sector, style } = LAW;
      const sectorVolatility =
        sector.volatility * Math.exp(sector.volatilityCoupling * level - sector.volatilityCoupling ** 2 * meanSquare);
      const styleVolatility = style.volatility * Math.exp(style.volatilityCoupling * level - style.volatilityCoupling ** 2 * meanSquare);
      for (let f = 1; f < count; f++) {
        const isSector = f <= sectors;
        draw(f, isSector ? sectorVolatility : styleVolatility, isSector ? sector.cap : style.cap, streams[f] as Rng);
      }
    },
  };
}
