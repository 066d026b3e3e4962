// Candle patterns of three bars (TA-Lib CDL functions / 100): 1 bullish, -1 bearish, 0 none. Definitions after Bulkowski 2008 and Nison
// 1991, in TA-Lib's reading, with its default settings. Bars are counted in bars ago.
import { close, high, low, open } from "#features/language/inputs.js";
import {
  above,
  ago,
  atLeast,
  atMostUsual,
  black,
  body,
  bodyGapDown,
  bodyGapUp,
  both,
  bottom,
  color,
  doji,
  dojiSize,
  each,
  either,
  equal,
  far,
  gapDown,
  gapUp,
  type Level,
  long,
  longerUpper,
  longLower,
  longUpper,
  near,
  noLower,
  noUpper,
  opposite,
  same,
  short,
  shortUpper,
  type Sign,
  someLower,
  top,
  white,
  within,
} from "./candle-parts.js";

const o1 = ago(open, 1);
const o2 = ago(open, 2);
const h1 = ago(high, 1);
const h2 = ago(high, 2);
const l1 = ago(low, 1);
const l2 = ago(low, 2);
const c1 = ago(close, 1);
const c2 = ago(close, 2);
const body1 = ago(body, 1);
const body2 = ago(body, 2);
const risingCloses = both(above(close, c1), above(c1, c2));
const fallingCloses = both(above(c1, close), above(c2, c1));
const threeWhite = each(white, 0, 1, 2);
const threeBlack = each(black, 0, 1, 2);
/** The open lies above the open and not beyond the close of the white bar before, give or take. */
const opensWithin = (k: number): Sign =>
  both(above(ago(open, k), ago(open, k + 1)), atLeast(ago(close, k + 1).add(ago(near, k + 1)), ago(open, k)));
/** A star: a long bar, a small or doji body beyond it, and a body that goes back into it by 0.3 of the first. */
const deep = body2.mul(0.3);
const backDown = both(ago(white, 2), ago(long, 2), long, black, above(c2.sub(deep), close));
const backUp = both(ago(black, 2), ago(long, 2), long, white, above(close, c2.add(deep)));
const gapsBothWays = (up: Sign, down: Sign): Sign => either(both(backDown, up), both(backUp, down));
const insideBody = (x: Level, k: number): Sign => both(above(ago(top, k), x), above(x, ago(bottom, k)));
const dojiAt2 = (k: number): Sign => atLeast(ago(dojiSize, 2), ago(body, k));

export const threeBarCandles: readonly (readonly [name: string, pattern: Sign])[] = [
  [
    "2crows",
    both(
      ago(white, 2),
      ago(long, 2),
      ago(black, 1),
      bodyGapUp(1, 2),
      black,
      above(o1, open),
      above(open, c1),
      above(close, o2),
      above(c2, close),
    ).neg(),
  ],
  [
    "upsidegap2crows",
    both(
      ago(white, 2),
      ago(long, 2),
      ago(black, 1),
      ago(atMostUsual, 1),
      bodyGapUp(1, 2),
      black,
      above(open, o1),
      above(c1, close),
      above(close, c2),
    ).neg(),
  ],
  [
    "identical3crows",
    both(threeBlack, each(noLower, 0, 1, 2), fallingCloses, within(o1, c2, ago(equal, 2)), within(open, c1, ago(equal, 1))).neg(),
  ],
  [
    "3whitesoldiers",
    both(
      threeWhite,
      each(noUpper, 0, 1, 2),
      risingCloses,
      opensWithin(1),
      opensWithin(0),
      above(body1, body2.sub(ago(far, 2))),
      above(body, body1.sub(ago(far, 1))),
      long,
    ),
  ],
  [
    "advanceblock",
    both(
      threeWhite,
      risingCloses,
      opensWithin(1),
      opensWithin(0),
      ago(long, 2),
      ago(shortUpper, 2),
      either(
        either(both(above(body2.sub(ago(far, 2)), body1), above(body1.add(ago(near, 1)), body)), above(body1.sub(ago(far, 1)), body)),
        either(
          both(above(body1, body), above(body2, body1), either(longerUpper, ago(longerUpper, 1))),
          both(above(body1, body), longUpper),
        ),
      ),
    ).neg(),
  ],
  [
    "stalledpattern",
    both(
      threeWhite,
      risingCloses,
      ago(long, 2),
      ago(long, 1),
      ago(noUpper, 1),
      opensWithin(1),
      short,
      atLeast(open, c1.sub(body).sub(ago(near, 1))),
    ).neg(),
  ],
  [
    "3inside",
    ago(color, 2)
      .neg()
      .mul(
        both(
          ago(long, 2),
          ago(atMostUsual, 1),
          above(ago(top, 2), ago(top, 1)),
          above(ago(bottom, 1), ago(bottom, 2)),
          either(both(ago(white, 2), black, above(o2, close)), both(ago(black, 2), white, above(close, o2))),
        ),
      ),
  ],
  [
    "3outside",
    either(
      both(ago(white, 1), ago(black, 2), above(c1, o2), above(c2, o1), above(close, c1)),
      both(ago(black, 1), ago(white, 2), above(o1, c2), above(o2, c1), above(c1, close)),
    ).mul(ago(color, 1)),
  ],
  [
    "3starsinsouth",
    both(
      threeBlack,
      ago(long, 2),
      ago(longLower, 2),
      above(body2, body1),
      above(o1, c2),
      atLeast(h2, o1),
      above(c2, l1),
      atLeast(l1, l2),
      ago(someLower, 1),
      short,
      noLower,
      noUpper,
      above(low, l1),
      above(h1, high),
    ),
  ],
  ["abandonedbaby", color.mul(both(ago(doji, 1), gapsBothWays(both(gapUp(1, 2), gapDown(0, 1)), both(gapDown(1, 2), gapUp(0, 1)))))],
  ["eveningstar", both(backDown, ago(atMostUsual, 1), bodyGapUp(1, 2)).neg()],
  ["eveningdojistar", both(backDown, ago(doji, 1), bodyGapUp(1, 2)).neg()],
  ["morningstar", both(backUp, ago(atMostUsual, 1), bodyGapDown(1, 2))],
  ["morningdojistar", both(backUp, ago(doji, 1), bodyGapDown(1, 2))],
  [
    "gapsidesidewhite",
    both(ago(white, 1), white, within(body, body1, ago(near, 1)), within(open, o1, ago(equal, 1))).mul(
      both(bodyGapUp(1, 2), bodyGapUp(0, 2)).sub(both(bodyGapDown(1, 2), bodyGapDown(0, 2))),
    ),
  ],
  ["sticksandwich", both(ago(black, 2), ago(white, 1), black, above(l1, c2), within(close, c2, ago(equal, 2)))],
  [
    "tasukigap",
    ago(color, 1).mul(
      both(
        above(ago(near, 1), body1.sub(body).abs()),
        either(
          both(bodyGapUp(1, 2), ago(white, 1), black, above(c1, open), above(open, o1), above(o1, close), above(close, ago(top, 2))),
          both(bodyGapDown(1, 2), ago(black, 1), white, above(o1, open), above(open, c1), above(close, o1), above(ago(bottom, 2), close)),
        ),
      ),
    ),
  ],
  [
    "tristar",
    both(dojiAt2(0), dojiAt2(1), dojiAt2(2)).mul(
      both(bodyGapDown(1, 2), above(bottom, ago(bottom, 1))).sub(both(bodyGapUp(1, 2), above(ago(top, 1), top))),
    ),
  ],
  [
    "unique3river",
    both(ago(long, 2), ago(black, 2), ago(black, 1), above(c1, c2), atLeast(o2, o1), above(l2, l1), short, white, above(open, l1)),
  ],
  [
    "xsidegap3methods",
    ago(color, 2).mul(
      both(
        same(2, 1),
        opposite(1, 0),
        insideBody(open, 1),
        insideBody(close, 2),
        either(both(ago(white, 2), bodyGapUp(1, 2)), both(ago(black, 2), bodyGapDown(1, 2))),
      ),
    ),
  ],
];
