// Candle patterns of one and two bars (TA-Lib CDL functions / 100): 1 bullish, -1 bearish, 0 none; 0.8 where TA-Lib gives 80. Definitions
// after Bulkowski 2008 and Nison 1991, in TA-Lib's reading, with its default settings.
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
  either,
  equal,
  gapDown,
  gapUp,
  long,
  longLower,
  longUpper,
  lower,
  near,
  noLower,
  noUpper,
  not,
  range,
  shortUpper,
  shortLower,
  short,
  type Sign,
  someLower,
  someUpper,
  top,
  upper,
  veryLongLower,
  veryLongUpper,
  white,
  within,
} from "./candle-parts.js";

const marubozu = both(long, noUpper, noLower);
const kicks = both(marubozu, ago(marubozu, 1), either(both(ago(black, 1), white, gapUp(0, 1)), both(ago(white, 1), black, gapDown(0, 1))));
const longBlackBefore = both(ago(long, 1), ago(black, 1));
const [lowBefore, closeBefore, openBefore] = [ago(low, 1), ago(close, 1), ago(open, 1)];
const halfBody = ago(body, 1).mul(0.5);
const tinyUpperShortBody = both(short, longLower, noUpper);

/** 1 when the second body lies strictly within the first, 0.8 when an edge is shared. */
const inner = both(above(ago(top, 1), top), above(bottom, ago(bottom, 1)));
const innerOrEqual = both(atLeast(ago(top, 1), top), atLeast(bottom, ago(bottom, 1)));
const graded = (strict: Sign, loose: Sign): Sign => strict.mul(0.2).add(loose.mul(0.8));

const engulfsUp = both(white, ago(black, 1));
const engulfsDown = both(black, ago(white, 1));
const over = both(atLeast(top, ago(top, 1)), atLeast(ago(bottom, 1), bottom));
const strictlyOver = both(above(top, ago(top, 1)), above(ago(bottom, 1), bottom));
const sameBody = both(not(above(top, ago(top, 1))), not(above(ago(bottom, 1), bottom)));

export const shortCandles: readonly (readonly [name: string, pattern: Sign])[] = [
  ["belthold", color.mul(both(long, either(both(white, noLower), both(black, noUpper))))],
  ["closingmarubozu", color.mul(both(long, either(both(white, noUpper), both(black, noLower))))],
  ["marubozu", color.mul(marubozu)],
  ["doji", doji],
  ["dragonflydoji", both(doji, noUpper, someLower)],
  ["gravestonedoji", both(doji, noLower, someUpper)],
  ["longleggeddoji", both(doji, either(longLower, longUpper))],
  [
    "rickshawman",
    both(doji, longLower, longUpper, atLeast(low.add(range.div(2)).add(near), bottom), atLeast(top, low.add(range.div(2)).sub(near))),
  ],
  ["takuri", both(doji, noUpper, veryLongLower)],
  ["highwave", color.mul(both(short, veryLongUpper, veryLongLower))],
  ["spinningtop", color.mul(both(short, above(upper, body), above(lower, body)))],
  ["longline", color.mul(both(long, shortUpper, shortLower))],
  ["shortline", color.mul(both(short, shortUpper, shortLower))],
  ["hammer", both(tinyUpperShortBody, atLeast(lowBefore.add(ago(near, 1)), bottom))],
  ["hangingman", both(tinyUpperShortBody, atLeast(bottom, ago(high, 1).sub(ago(near, 1)))).neg()],
  ["invertedhammer", both(short, longUpper, noLower, bodyGapDown(0, 1))],
  ["shootingstar", both(short, longUpper, noLower, bodyGapUp(0, 1)).neg()],
  [
    "dojistar",
    ago(color, 1)
      .neg()
      .mul(both(ago(long, 1), doji, either(both(ago(white, 1), bodyGapUp(0, 1)), both(ago(black, 1), bodyGapDown(0, 1))))),
  ],
  ["engulfing", color.mul(both(either(engulfsUp, engulfsDown), over, not(sameBody))).mul(strictlyOver.mul(0.2).add(0.8))],
  [
    "harami",
    ago(color, 1)
      .neg()
      .mul(both(ago(long, 1), atMostUsual))
      .mul(graded(inner, innerOrEqual)),
  ],
  [
    "haramicross",
    ago(color, 1)
      .neg()
      .mul(both(ago(long, 1), doji))
      .mul(graded(inner, innerOrEqual)),
  ],
  ["homingpigeon", both(longBlackBefore, black, atMostUsual, above(openBefore, open), above(close, closeBefore))],
  ["matchinglow", both(ago(black, 1), black, within(close, closeBefore, ago(equal, 1)))],
  [
    "counterattack",
    color.mul(
      both(not(ago(white, 1).mul(white)), not(ago(black, 1).mul(black)), ago(long, 1), long, within(close, closeBefore, ago(equal, 1))),
    ),
  ],
  [
    "separatinglines",
    color.mul(
      both(either(both(white, ago(black, 1), noLower), both(black, ago(white, 1), noUpper)), within(open, openBefore, ago(equal, 1)), long),
    ),
  ],
  ["kicking", color.mul(kicks)],
  ["kickingbylength", kicks.mul(color).mul(above(body, ago(body, 1)).mul(2).sub(1))],
  [
    "darkcloudcover",
    both(
      ago(white, 1),
      ago(long, 1),
      black,
      above(open, ago(high, 1)),
      above(close, openBefore),
      above(closeBefore.sub(halfBody), close),
    ).neg(),
  ],
  [
    "piercing",
    both(longBlackBefore, white, long, above(lowBefore, open), above(openBefore, close), above(close, closeBefore.add(halfBody))),
  ],
  [
    "inneck",
    both(longBlackBefore, white, above(lowBefore, open), atLeast(closeBefore.add(ago(equal, 1)), close), atLeast(close, closeBefore)).neg(),
  ],
  ["onneck", both(longBlackBefore, white, above(lowBefore, open), within(close, lowBefore, ago(equal, 1))).neg()],
  [
    "thrusting",
    both(
      longBlackBefore,
      white,
      above(lowBefore, open),
      above(close, closeBefore.add(ago(equal, 1))),
      atLeast(closeBefore.add(halfBody), close),
    ).neg(),
  ],
];
