// The price of a European option without interest and dividends (Black and Scholes 1973, eq. 13 with r = 0): for checking, not for trading.

/** `volatility` annual, `years` to expiry, both positive. */
export function blackScholes(call: boolean, underlying: number, strike: number, volatility: number, years: number): number {
  const spread = volatility * Math.sqrt(years);
  const d1 = Math.log(underlying / strike) / spread + spread / 2;
  const value = underlying * normalCdf(d1) - strike * normalCdf(d1 - spread);
  return call ? value : value - underlying + strike;
}

/** Abramowitz and Stegun 26.2.17: error below 7.5e-8. */
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * tail;
  return x >= 0 ? 1 - upper : upper;
}
