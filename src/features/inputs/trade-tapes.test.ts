// The tapes of trades against figures worked out by hand.
import { describe, expect, it } from "vitest";
import { costTape } from "./cost-tape.js";
import { profileTape } from "./profile-tape.js";
import { play, quoteRow, tradeRow } from "#test/fixtures/tape.js";
import { tickTape } from "./tick-tape.js";
import { tradeTape } from "./trade-tape.js";

/** The mid is 11; after the fourth row 10.75. */
const rows = [
  quoteRow(1, 10, 4, 12, 8),
  // Above the mid: a buy. Below: a sell. At the mid, after a lower price: a buy.
  tradeRow(2, 12, 2),
  tradeRow(3, 10, 4),
  tradeRow(5, 11, 1),
  quoteRow(6, Number.NaN, 0, 11.5, 3),
  // Above the mid, but the venue says that a seller took.
  tradeRow(8, 11, 3, -1),
];

function expectColumns(actual: Record<string, number>, wanted: Record<string, number>): void {
  for (const [name, value] of Object.entries(wanted)) {
    if (Number.isNaN(value)) expect(actual[name], name).toBeNaN();
    else expect(actual[name], name).toBeCloseTo(value, 12);
  }
}

describe("trades", () => {
  it("are signed by the venue, else by the mid, else by the last price, and summed", () => {
    const tape = play(tradeTape);
    expectColumns(tape.bar(10, rows), {
      count: 4,
      bought: 3,
      sold: 7,
      buys: 2,
      sells: 2,
      volume: 10,
      money: 24 + 40 + 11 + 33,
      boughtMoney: 35,
      squares: 4 + 16 + 1 + 9,
      largest: 4,
      largestSign: -1,
      rises: 1,
      falls: 1,
      repeats: 0,
      turns: 3,
      longestRun: 1,
      runVolume: 4,
      gaps: 6,
      gapSquares: 1 + 4 + 9,
      longestGap: 3,
      deviation: 4 * Math.log(10 / 12) + 4 * Math.log(11 / 12),
      high: 12,
      low: 10,
      last: 11,
    });
    expectColumns(tape.bar(20, [tradeRow(12, 11, 5), tradeRow(13, 11, 6)]), {
      repeats: 1,
      turns: 1,
      longestRun: 2,
      runVolume: 11,
      gaps: 5,
    });
    expectColumns(tape.bar(30, []), { count: 0, volume: 0, longestRun: 0, high: 11, low: 11, last: 11 });
  });

  it("without a price or size are passed over", () => {
    const bad = [tradeRow(1, Number.NaN, 2), tradeRow(2, 0, 3), tradeRow(3, 5, Number.NaN), tradeRow(4, -1, 2), tradeRow(5, 7, 1)];
    expectColumns(play(tradeTape).bar(9, bad), { count: 1, volume: 1, high: 7, low: 7, rises: 0 });
  });
});

describe("returns from trade to trade", () => {
  it("are summed in powers, products and with signed volume", () => {
    const [a, b, c] = [Math.log(10 / 12), Math.log(11 / 10), 0];
    expectColumns(play(tickTape).bar(10, rows), {
      count: 3,
      moves: 2,
      net: a + b + c,
      absolute: b - a,
      squares: a * a + b * b,
      cubes: a ** 3 + b ** 3,
      riseSquares: b * b,
      largest: -a,
      bipower: -a * b,
      product1: a * b + b * c,
      product2: a * c,
      product3: 0,
      // Signed sizes -4, +1, -3 go with the returns; those before are +2, -4, +1.
      flowSquares: 16 + 1 + 9,
      flowReturn: -4 * a + b - 3 * c,
      signReturn: -a + b - c,
      nextReturn: 2 * a - 4 * b + c,
      nextSign: a - b + c,
    });
  });
});

describe("costs of trades", () => {
  it("are measured against the mid before the trade and at the bar's end", () => {
    expectColumns(play(costTape).bar(10, rows), {
      volume: 10,
      flow: -4,
      money: 2 * 11 + 4 * 11 + 11 + 3 * 10.75,
      paid: 2 + 4 + 0 - 0.75,
      quoted: 2 + 4 + 1 + 3 * 0.75,
      inside: 1 + 3,
      beyond: 0,
      // The mid answers the third trade, a buy, by falling from 11 to 10.75.
      answer: Math.log(10.75 / 11),
      answered: 1,
      // Buys of 2 and 1 meet 8 at the ask; sells of 4 and 3 meet 4 at the bid.
      met: 8 + 4 + 8 + 4,
      meeting: 10,
      sweeping: 4,
      // Against 10.75.
      lasting: 2 * 1.25 + 4 * 0.75 + 0.25 - 3 * 0.25,
    });
  });

  it("are not known without a mid", () => {
    expectColumns(play(costTape).bar(10, [tradeRow(1, 10, 5)]), { volume: 0, paid: 0, lasting: Number.NaN });
  });
});

describe("volume at price", () => {
  it("is put into bins of the log distance from the first trade", () => {
    const bin = 2 ** -16;
    const at = (bins: number): number => 100 * Math.exp(bins * bin);
    // Volume by bin: 0: 10, 1: 30, 2: 10, 5: 45, -3: 5.
    const trades = [tradeRow(1, at(0), 10), tradeRow(2, at(1), 30), tradeRow(3, at(2), 10), tradeRow(4, at(5), 45), tradeRow(5, at(-3), 5)];
    const shares = [0.1, 0.3, 0.1, 0.45, 0.05];
    expectColumns(play(profileTape).bar(9, trades), {
      modal: 0.45,
      second: 0.3,
      occupied: 5,
      entropy: -shares.reduce((sum, p) => sum + p * Math.log(p), 0),
      fromMode: -8 * bin,
      // From bin 5 down to bin 1, of which 85 of 100 are in 5, 2 and 1.
      below: -4 * bin,
      above: 0,
      overhang: 0.95,
    });
  });

  it("widens its bins until all prices fit, and loses no volume", () => {
    const columns = play(profileTape).bar(9, [tradeRow(1, 100, 10), tradeRow(2, 100.001, 20), tradeRow(3, 200, 30)]);
    expectColumns(columns, { modal: 0.5, occupied: 2, second: 0.5, overhang: -0.5 });
    // log 2 = 0.69 away, in whole bins: 2^-16 x 2^12 = 1 / 16 is the first width of which 15 bins reach it. Of equal bins the lower counts.
    expectColumns(columns, { fromMode: 11 / 16, below: 0, above: 11 / 16 });
    expect(play(profileTape).bar(9, [])["modal"]).toBeNaN();
  });
});
