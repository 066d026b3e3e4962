// Markets that no feature may choke on: what each instrument's bar is at a time, and what facts are multiplied by.
import type { Prices } from "./feature-world.js";

const flat = (price: number, volume: number): Prices => ({ open: price, high: price, low: price, close: price, volume });
const plain = (): number => 1;

export const hostileMarkets: readonly (readonly [string, (t: number) => Prices, (t: number) => number])[] = [
  ["a constant price", () => flat(100, 1000), () => 0],
  ["a market without volume", (t) => ({ open: 10, high: 11 + (t % 3), low: 9, close: 10 + (t % 2), volume: 0 }), plain],
  [
    "a one-tick market",
    (t) => ({ open: 0.01, high: t % 5 === 0 ? 0.02 : 0.01, low: 0.01, close: t % 5 === 0 ? 0.02 : 0.01, volume: t % 7 }),
    (t) => t % 2,
  ],
  [
    "spikes of 1e12",
    (t) =>
      t % 50 === 20
        ? { open: 100, high: 1e12, low: 100, close: t % 100 === 20 ? 1e12 : 100, volume: 1e12 }
        : flat(100 + (t % 9), 1000 + (t % 11)),
    (t) => (t % 50 === 10 ? -1e12 : 1),
  ],
  [
    "prices that touch zero",
    (t) => (t % 30 === 7 ? flat(0, 0) : { open: 5, high: 6, low: t % 4 === 0 ? 0 : 4, close: 5 + (t % 2), volume: 10 }),
    (t) => (t % 30 === 7 ? 0 : -1),
  ],
  ["a steady climb", (t) => flat(100 + t, 1000), (t) => t],
  ["prices near the largest number", (t) => flat(1e307 * (1 + (t % 5)), 1e300), () => 1e300],
];
