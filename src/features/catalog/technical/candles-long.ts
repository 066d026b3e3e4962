// Candle patterns of three and more bars (TA-Lib CDL functions / 100): 1 bullish, -1 bearish, 0 none; 2 and -2 where a Hikkake is confirmed.
// Definitions after Bulkowski 2008 and Nison 1991, in TA-Lib's reading, with its default settings. Bars are counted in bars ago.
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
  not,
  short,
  shortUpper,
  type Sign,
  someLower,
  someUpper,
  top,
  white,
  within,
} from "./candle-parts.js";

const [o1, o2, o3, o4] = [1, 2, 3, 4].map((k) => ago(open, k)) as [Level, Level, Level, Level];
const [h1, h2, h3, h4] = [1, 2, 3, 4].map((k) => ago(high, k)) as [Level, Level, Level, Level];
const [l1, l2, l3, l4] = [1, 2, 3, 4].map((k) => ago(low, k)) as [Level, Level, Level, Level];
const [c1, c2, c3, c4] = [1, 2, 3, 4].map((k) => ago(close, k)) as [Level, Level, Level, Level];
const [body1, body2, body4] = [1, 2, 4].map((k) => ago(body, k)) as [Level, Level, Level];
const same = (a: number, b: number): Sign =>
  either(both(ago(white, a), ago(white, b)), both(ago(black, a), ago(black, b)));
const opposite = (a: number, b: number): Sign => not(same(a, b));

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

const insideBody = (x: Level, k: number): Sign => both(above(ago(top, k), x), above(x, ago(bottom, k)));
/** Bar k lies within the range of the first of five. */
const holdsWithin = (k: number): Sign => both(above(h4, ago(bottom, k)), above(ago(top, k), l4));
const upwards = ago(white, 4);
const downwards = ago(black, 4);
const reaction = either(
  both(upwards, above(c3, c2), above(c2, c1), above(open, c1), above(close, c4)),
  both(downwards, above(c2, c3), above(c1, c2), above(c1, open), above(c4, close)),
);
const smallThree = each(short, 1, 2, 3);
const dojiAt2 = (k: number): Sign => atLeast(ago(dojiSize, 2), ago(body, k));
const keepsHalf = (k: number): Sign => both(above(c4, ago(bottom, k)), above(ago(bottom, k), c4.sub(body4.mul(0.5))));

export const longCandles: readonly (readonly [name: string, pattern: Sign])[] = [
  ["2crows", both(ago(white, 2), ago(long, 2), ago(black, 1), bodyGapUp(1, 2), black, above(o1, open), above(open, c1), above(close, o2), above(c2, close)).neg()],
  [
    "upsidegap2crows",
    both(ago(white, 2), ago(long, 2), ago(black, 1), ago(atMostUsual, 1), bodyGapUp(1, 2), black, above(open, o1), above(c1, close), above(close, c2)).neg(),
  ],
  [
    "3blackcrows",
    both(ago(white, 3), threeBlack, each(noLower, 0, 1, 2), above(o2, o1), above(o1, c2), above(o1, open), above(open, c1), above(h3, c2), fallingCloses).neg(),
  ],
  ["identical3crows", both(threeBlack, each(noLower, 0, 1, 2), fallingCloses, within(o1, c2, ago(equal, 2)), within(open, c1, ago(equal, 1))).neg()],
  [
    "3whitesoldiers",
    both(threeWhite, each(noUpper, 0, 1, 2), risingCloses, opensWithin(1), opensWithin(0), above(body1, body2.sub(ago(far, 2))), above(body, body1.sub(ago(far, 1))), long),
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
  ["stalledpattern", both(threeWhite, risingCloses, ago(long, 2), ago(long, 1), ago(noUpper, 1), opensWithin(1), short, atLeast(open, c1.sub(body).sub(ago(near, 1)))).neg()],
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
    "breakaway",
    color.mul(
      both(
        ago(long, 4),
        same(4, 3),
        same(3, 1),
        opposite(1, 0),
        either(
          both(ago(black, 4), bodyGapDown(3, 4), above(h3, h2), above(l3, l2), above(h2, h1), above(l2, l1), above(close, o3), above(c4, close)),
          both(ago(white, 4), bodyGapUp(3, 4), above(h2, h3), above(l2, l3), above(h1, h2), above(l1, l2), above(o3, close), above(close, c4)),
        ),
      ),
    ),
  ],
  [
    "concealbabyswall",
    both(each(black, 0, 1, 2, 3), each(noLower, 2, 3), each(noUpper, 2, 3), bodyGapDown(1, 2), ago(someUpper, 1), above(h1, c2), above(high, h1), above(l1, low)),
  ],
  [
    "gapsidesidewhite",
    both(
      ago(white, 1),
      white,
      within(body, body1, ago(near, 1)),
      within(open, o1, ago(equal, 1)),
    ).mul(both(bodyGapUp(1, 2), bodyGapUp(0, 2)).sub(both(bodyGapDown(1, 2), bodyGapDown(0, 2)))),
  ],
  ["hikkake", confirmed(hikkake)],
  ["hikkakemod", confirmed(hikkakeMod)],
  ["ladderbottom", both(each(black, 1, 2, 3, 4), above(o4, o3), above(o3, o2), above(c4, c3), above(c3, c2), ago(someUpper, 1), white, above(open, o1), above(close, h1))],
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
      both(ago(long, 4), smallThree, long, opposite(4, 3), same(3, 2), same(2, 1), opposite(1, 0), holdsWithin(3), holdsWithin(2), holdsWithin(1), reaction),
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
  ["unique3river", both(ago(long, 2), ago(black, 2), ago(black, 1), above(c1, c2), atLeast(o2, o1), above(l2, l1), short, white, above(open, l1))],
  [
    "xsidegap3methods",
    ago(color, 2).mul(
      both(same(2, 1), opposite(1, 0), insideBody(open, 1), insideBody(close, 2), either(both(ago(white, 2), bodyGapUp(1, 2)), both(ago(black, 2), bodyGapDown(1, 2)))),
    ),
  ],
];
