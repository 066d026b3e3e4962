// The physical dimension of a column: price^p x volume^v.
export interface Dimension {
  readonly price: number;
  readonly volume: number;
}

export const PURE: Dimension = { price: 0, volume: 0 };
export const PRICE: Dimension = { price: 1, volume: 0 };
export const VOLUME: Dimension = { price: 0, volume: 1 };
export const MONEY: Dimension = { price: 1, volume: 1 };

/** A split with ratio r multiplies the value by r to this power. */
export function splitExponent({ price, volume }: Dimension): number {
  return volume - price;
}
