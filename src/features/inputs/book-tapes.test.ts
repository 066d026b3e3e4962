// The tapes of books and quotes on a small book of three levels whose figures were worked out on paper.
import { describe, expect, it } from "vitest";
import { bookTape } from "./book-tape.js";
import { flowTape } from "./flow-tape.js";
import { quoteTape } from "./quote-tape.js";
import { bookRow, type Levels, play, quoteRow } from "#test/fixtures/tape.js";

const asks: Levels = [
  [102, 5],
  [103, 10],
  [105, 40],
];
const first = bookRow(
  1,
  [
    [100, 10],
    [99, 20],
    [98, 30],
  ],
  asks,
);
/** Six leave the best bid, two join the best ask. */
const second = bookRow(
  3,
  [
    [100, 4],
    [99, 20],
    [98, 30],
  ],
  [[102, 7], ...asks.slice(1)],
);
/** A better bid of three. */
const third = bookRow(
  4,
  [
    [101, 3],
    [100, 4],
    [99, 20],
  ],
  [[102, 7], ...asks.slice(1)],
);

function expectColumns(actual: Record<string, number>, wanted: Record<string, number>): void {
  for (const [name, value] of Object.entries(wanted)) {
    if (Number.isNaN(value)) expect(actual[name], name).toBeNaN();
    else expect(actual[name], name).toBeCloseTo(value, 12);
  }
}

describe("the book at the bar's end", () => {
  it("has its levels, depth, distances and costs", () => {
    expectColumns(play(bookTape).bar(2, [first]), {
      bidPrice1: 100,
      askPrice3: 105,
      askPrice4: Number.NaN,
      bidSize2: 20,
      bidSize4: 0,
      bidDepth: 60,
      askDepth: 55,
      bidLargest: 30,
      bidWall: 3,
      askWall: 3,
      // The mid is 101: 10 x 1 + 20 x 2 + 30 x 3, and 5 x 1 + 10 x 2 + 40 x 4.
      bidMoment: 140,
      askMoment: 185,
      // Half the spread is 1: 10 / 1 + 20 / 2 + 30 / 3, and 5 / 1 + 10 / 2 + 40 / 4.
      bidWeighted: 30,
      askWeighted: 20,
      bidConcentration: (100 + 400 + 900) / 3600,
      // 30 of 60 are reached at 99; 27.5 of 55 at 105.
      bidHalf: 2 / 101,
      askHalf: 4 / 101,
      bidReach: 3 / 101,
      bidHole: 1 / 101,
      askHole: 2 / 101,
      // A quarter of 55 is 13.75: ten at a distance of 1 and 3.75 at 2; five at 1 and 8.75 at 2.
      bidCostSmall: 17.5 / 13.75 / 101,
      askCostSmall: 22.5 / 13.75 / 101,
      // Three quarters are 41.25: 10 x 1 + 20 x 2 + 11.25 x 3; 5 x 1 + 10 x 2 + 26.25 x 4.
      bidCostLarge: 83.75 / 41.25 / 101,
      askCostLarge: 130 / 41.25 / 101,
    });
  });

  it("has nothing to say of sides that are empty", () => {
    const tape = play(bookTape);
    expectColumns(tape.bar(2, [bookRow(1, [[100, 10]], [])]), {
      bidPrice1: 100,
      bidDepth: 10,
      askPrice1: Number.NaN,
      askDepth: 0,
      askWall: Number.NaN,
      bidReach: Number.NaN,
      bidCostSmall: Number.NaN,
    });
    expectColumns(tape.bar(3, [bookRow(2, [], [])]), { bidDepth: 0, bidPrice1: Number.NaN, bidConcentration: Number.NaN });
  });
});

describe("order flow through the book", () => {
  it("is counted level by level from one message to the next", () => {
    expectColumns(play(flowTape).bar(6, [first, second, third]), {
      // Second message: the bid loses 6, the ask gains 2: -8. Third: a new bid of 3: +3.
      flow1: -5,
      // Third message: 100 x 4 in place of 99 x 20.
      flow2: 4,
      flow3: 20,
      flow4: 0,
      // 10 + 5 + 4 + 7, then 4 + 7 + 3 + 7.
      standing1: 47,
      messages: 2,
      atBest: 2,
      deeper: 0,
      // -8 squared, then 3 + 4 + 20 squared.
      squares: 64 + 729,
      products: -8 * 27,
      signProducts: -1,
      // Bids 60, 54, 27; asks 55, 57, 57.
      bidCame: 0,
      bidWent: 33,
      askCame: 2,
      askWent: 0,
      // For 2, 1 and 2 seconds.
      meanImbalance10: ((2 * 5) / 115 + (54 - 57) / 111 + (2 * (27 - 57)) / 84) / 5,
      meanDepth: (2 * 115 + 111 + 2 * 84) / 5,
      meanBestShare: ((2 * 15) / 115 + 11 / 111 + (2 * 10) / 84) / 5,
    });
  });

  it("goes on from the last message of the bar before", () => {
    const tape = play(flowTape);
    expectColumns(tape.bar(2, [first]), { messages: 0, flow1: 0, meanDepth: 115 });
    expectColumns(tape.bar(6, [second]), { messages: 1, flow1: -8, meanDepth: (115 + 3 * 111) / 4 });
    expectColumns(tape.bar(8, []), { messages: 0, flow1: 0, meanDepth: 111 });
  });
});

describe("the best bid and ask", () => {
  it("are averaged over time and followed from change to change, from books alone", () => {
    expectColumns(play(quoteTape).bar(6, [first, second, third]), {
      updates: 3,
      sizeOnly: 1,
      bidRises: 1,
      bidFalls: 0,
      askRises: 0,
      midMoves: 1,
      midAbsolute: Math.log(101.5 / 101),
      widened: 0,
      narrowed: 2 / 101 - 1 / 101.5,
      flow: -5,
      absoluteFlow: 11,
      bidAdded: 0,
      bidRemoved: 6,
      askAdded: 2,
      meanSpread: (3 * (2 / 101) + 2 * (1 / 101.5)) / 5,
      meanImbalance: (2 / 3 - 3 / 11 - 0.8) / 5,
      meanSize: (2 * 15 + 11 + 2 * 10) / 5,
      crossed: 0,
      bid: 101,
      askSize: 7,
      age: 2,
    });
  });

  it("keep the side that a quote does not name, and leave books alone once there are quotes", () => {
    const rows = [quoteRow(1, 100, 10, 102, 5), quoteRow(2, Number.NaN, 0, 101, 3), first, quoteRow(4, 101, 2, Number.NaN, 9)];
    expectColumns(play(quoteTape).bar(6, rows), {
      updates: 3,
      askFalls: 1,
      bidRises: 1,
      bid: 101,
      ask: 101,
      bidSize: 2,
      askSize: 3,
      // Locked at 101 for two of five seconds.
      crossed: 0.4,
      // First a better ask of 3: -3. Then a better bid of 2: +2.
      flow: -1,
    });
  });

  it("are not known before both sides were seen", () => {
    expectColumns(play(quoteTape).bar(6, [quoteRow(1, 100, 10, Number.NaN, 0)]), {
      bid: 100,
      ask: Number.NaN,
      meanSpread: Number.NaN,
      age: Number.NaN,
      flow: 0,
    });
  });
});
