// What trading itself does to the price, as two models of the literature. Constants are priors, not estimates from the user's data: impact measured on
// public trades is that of single trades, not of a parent order, and may not be put in here.

/** The market that an order meets, known beforehand. */
export interface MarketState {
  /** Standard deviation of a day's return, fraction. */
  readonly volatility: number;
  /** Units that trade in a day. */
  readonly volume: number;
}

/** Of a step in which a parent order goes from `from` to `to` units traded (both at least 0) while the market trades `stepVolume`, our own left out. */
export interface ImpactStep {
  readonly from: number;
  readonly to: number;
  readonly stepVolume: number;
}

/** Mean over the units of the step, fractions of the price at arrival, against the trader; `scale` 1 is the prior. */
export interface ImpactCost {
  /** What is gone when the step is over. */
  readonly temporary: number;
  /** What later units of the same order pay, too. */
  readonly lasting: number;
}

export interface ImpactModel {
  readonly name: "square-root" | "almgren";
  cost(step: ImpactStep, market: MarketState, scale: number): ImpactCost;
}

/** Prefactor of the square-root law, of order 1: 0.5 to 1.5 in what is published (Toth et al. 2011, Bouchaud, Bonart, Donier & Gould 2018, ch. 12). */
const SQUARE_ROOT_Y = 1;

/**
 * The square-root law: an order of Q units moves the price by Y sigma sqrt(Q / V), whatever the time it takes, so that the path to it is the root of
 * what is done (Almgren, Thum, Hauptmann & Li 2005; Toth et al. 2011). The schedule changes nothing of it; it is said for a participation below about a third.
 */
export const squareRoot: ImpactModel = {
  name: "square-root",
  cost({ from, to }, { volatility, volume }, scale) {
    const height = scale * SQUARE_ROOT_Y * volatility;
    const [a, b] = [from / volume, to / volume];
    // The mean of sqrt over [a, b] is 2/3 (b + sqrt(ab) + a) / (sqrt b + sqrt a), which equal ends survive.
    const roots = Math.sqrt(a) + Math.sqrt(b);
    return { temporary: 0, lasting: roots === 0 ? 0 : (height * (2 / 3) * (b + Math.sqrt(a * b) + a)) / roots };
  },
};

/** Almgren, Thum, Hauptmann & Li 2005, table 3: gamma 0.314 +- 0.041, eta 0.142 +- 0.0062, exponent 3/5, from 29,509 orders in US shares. */
const GAMMA = 0.314;
const ETA = 0.142;
const EXPONENT = 3 / 5;
/** Shares outstanding over daily volume, to the power 1/4: at 200 days of volume, usual for a large US share. */
const INVERSE_TURNOVER = 200 ** 0.25;

/**
 * Permanent impact, linear in what is done: gamma sigma (X / V) (Theta / V)^(1/4) at X. Temporary impact by the rate in volume time:
 * eta sigma |n / stepVolume|^(3/5). In their paper the mean cost of an order is half the permanent impact and the temporary one.
 */
export const almgren: ImpactModel = {
  name: "almgren",
  cost({ from, to, stepVolume }, { volatility, volume }, scale) {
    const rate = to > from ? (to - from) / stepVolume : 0;
    return {
      temporary: scale * ETA * volatility * rate ** EXPONENT,
      lasting: (scale * GAMMA * volatility * INVERSE_TURNOVER * (from + to)) / 2 / volume,
    };
  },
};

export const impactModels: readonly ImpactModel[] = [squareRoot, almgren];
