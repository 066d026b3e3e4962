// Candle patterns of four and more bars (TA-Lib CDL functions / 100): 1 bullish, -1 bearish, 0 none; 2, -2 where a Hikkake is confirmed.
// Definitions after Bulkowski 2008 and Nison 1991, in TA-Lib's reading, with its default settings. Bars are counted in bars ago.
import { close, high, low, open } from "#features/language/inputs.js";
import {
  above,
  ago,
  atLeast,
  black,
  body,
  bodyGapDown,
  bodyGapUp,
  both,
  bottom,
  color,
  each,
  either,
  long,
  near,
  noLower,
  not,
  noUpper,
  opposite,
  same,
  short,
  type Sign,
  someUpper,
  top,
  white,
} from "./candle-parts.js";

const o1 = ago(open, 1);
const o2 = ago(open, 2);
const o3 = ago(open, 3);
const o4 = ago(open, 4);
const h1 = ago(high, 1);
const h2 = ago(high, 2);
const h3 = ago(high, 3);
const h4 = ago(high, 4);
const l1 = ago(low, 1);
const l2 = ago(low, 2);
const l3 = ago(low, 3);
const l4 = ago(low, 4);
const c1 = ago(close, 1);
const c2 = ago(close, 2);
const c3 = ago(close, 3);
const c4 = ago(close, 4);
const body4 = ago(body, 4);
const fallingCloses = both(above(c1, close), above(c2, c1));
const threeBlack = each(black, 0, 1, 2);
/** The inside bar of a Hikkake one bar ago, left on one side by the newest: 1 when below (a bullish trap). */
const leaves = either(both(above(h1, high), above(l1, low)), both(above(high, h1), above(low, l1)));
const trap = (from: Sign): Sign => from.mul(above(h1, high).mul(2).sub(1));
const inside = (k: number): Sign => both(above(ago(high, k + 1), ago(high, k)), above(ago(low, k), ago(low, k + 1)));
const hikkake = trap(both(inside(1), leaves));
const hikkakeMod = trap(
  both(
    inside(2),
    inside(1),
    either(
      both(above(h1, high), above(l1, low), atLeast(l2.add(ago(near, 2)), c2)),
      both(above(high, h1), above(low, l1), atLeast(c2, h2.sub(ago(near, 2)))),
    ),
  ),
);
/** Confirmed within three bars by a close beyond the inside bar, once, unless a newer pattern has come. */
const confirmed = (pattern: Sign): Sign => {
  const flag = pattern.abs();
  const beyond = (k: number): Sign => {
    const [up, down] = [above(close, ago(high, k + 1)), above(ago(low, k + 1), close)];
    const p = ago(pattern, k);
    return p.max(0).mul(up).sub(p.neg().max(0).mul(down));
  };
  const none = not(flag);
  const [first, second, third] = [beyond(1), beyond(2), beyond(3)];
  const two = both(second, ago(none, 1), not(ago(first, 1).abs()));
  const three = both(third, ago(none, 1), ago(none, 2), not(ago(second, 1).abs()), not(ago(first, 2).abs()));
  return pattern.add(both(none, first.add(two).add(three)).mul(2));
};
/** Bar k lies within the range of the first of five. */
const holdsWithin = (k: number): Sign => both(above(h4, ago(bottom, k)), above(ago(top, k), l4));
const upwards = ago(white, 4);
const downwards = ago(black, 4);
const reaction = either(
  both(upwards, above(c3, c2), above(c2, c1), above(open, c1), above(close, c4)),
  both(downwards, above(c2, c3), above(c1, c2), above(c1, open), above(c4, close)),
);
const smallThree = each(short, 1, 2, 3);
const keepsHalf = (k: number): Sign => both(above(c4, ago(bottom, k)), above(ago(bottom, k), c4.sub(body4.mul(0.5))));

export const longCandles: readonly (readonly [name: string, pattern: Sign])[] = [
  [
    "3blackcrows",
    both(
      ago(white, 3),
      threeBlack,
      each(noLower, 0, 1, 2),
      above(o2, o1),
      above(o1, c2),
      above(o1, open),
      above(open, c1),
      above(h3, c2),
      fallingCloses,
    ).neg(),
  ],
  [
    "3linestrike",
    both(
      same(3, 2),
      same(2, 1),
      opposite(1, 0),
      atLeast(o2, ago(bottom, 3).sub(ago(near, 3))),
      atLeast(ago(top, 3).add(ago(near, 3)), o2),
      atLeast(o1, ago(bottom, 2).sub(ago(near, 2))),
      atLeast(ago(top, 2).add(ago(near, 2)), o1),
      either(
        both(ago(white, 1), above(c1, c2), above(c2, c3), above(open, c1), above(o3, close)),
        both(ago(black, 1), above(c2, c1), above(c3, c2), above(c1, open), above(close, o3)),
      ),
    ).mul(ago(color, 1)),
  ],
  [
    "breakaway",
    color.mul(
      both(
        ago(long, 4),
        same(4, 3),
        same(3, 1),
        opposite(1, 0),
        either(
          both(
            ago(black, 4),
            bodyGapDown(3, 4),
            above(h3, h2),
            above(l3, l2),
            above(h2, h1),
            above(l2, l1),
            above(close, o3),
            above(c4, close),
          ),
          both(
            ago(white, 4),
            bodyGapUp(3, 4),
            above(h2, h3),
            above(l2, l3),
            above(h1, h2),
            above(l1, l2),
            above(o3, close),
            above(close, c4),
          ),
        ),
      ),
    ),
  ],
  [
    "concealbabyswall",
    both(
      each(black, 0, 1, 2, 3),
      each(noLower, 2, 3),
      each(noUpper, 2, 3),
      bodyGapDown(1, 2),
      ago(someUpper, 1),
      above(h1, c2),
      above(high, h1),
      above(l1, low),
    ),
  ],
  ["hikkake", confirmed(hikkake)],
  ["hikkakemod", confirmed(hikkakeMod)],
  [
    "ladderbottom",
    both(
      each(black, 1, 2, 3, 4),
      above(o4, o3),
      above(o3, o2),
      above(c4, c3),
      above(c3, c2),
      ago(someUpper, 1),
      white,
      above(open, o1),
      above(close, h1),
    ),
  ],
  [
    "mathold",
    both(
      ago(long, 4),
      smallThree,
      ago(white, 4),
      ago(black, 3),
      white,
      bodyGapUp(3, 4),
      keepsHalf(2),
      keepsHalf(1),
      above(o3, ago(top, 2)),
      above(ago(top, 2), ago(top, 1)),
      above(open, c1),
      above(close, h3.max(h2).max(h1)),
    ),
  ],
  [
    "risefall3methods",
    ago(color, 4).mul(
      both(
        ago(long, 4),
        smallThree,
        long,
        opposite(4, 3),
        same(3, 2),
        same(2, 1),
        opposite(1, 0),
        holdsWithin(3),
        holdsWithin(2),
        holdsWithin(1),
        reaction,
      ),
    ),
  ],
];
