// The four ways a series is drawn: line, filled area, bars, dots. SVG shapes in a box of 1000 x 400 that is stretched to its
// place on the page; strokes do not stretch with it. Colors come from the style sheet by the series' tone.
import { downsample, type Point } from "./downsample.js";
import { type Html, trusted } from "./html.js";
import type { Scale } from "./scale.js";

export const BOX_WIDTH = 1000;
export const BOX_HEIGHT = 400;

/** Who is drawn; the style sheet gives each a color and a dash of its own, so no chart relies on color alone. */
export type Tone = "strategy" | "baseline" | "benchmark" | "oracle" | "muted";

export interface Placement {
  /** Horizontal place of an index, 0..1. */
  readonly x: (index: number) => number;
  /** Vertical place of a value, 0 (bottom) .. 1 (top). */
  readonly y: Scale;
  /** Width of one entry, 0..1. */
  readonly slot: number;
  /** The value on which areas and bars stand. */
  readonly ground: number;
}

const px = (place: Placement, point: Point): string => coordinate(place.x(point.index) * BOX_WIDTH);
const py = (place: Placement, value: number): string => coordinate((1 - place.y(value)) * BOX_HEIGHT);

/** One decimal: a tenth of a thousandth of the width is finer than any screen. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function runsInView(values: readonly number[], place: Placement): Point[][] {
  // Values without a place on the scale (zero equity on a log axis) are gaps, not guesses.
  return downsample(
    values.map((value) => (isPlaced(value, place) ? value : Number.NaN)),
    380,
  );
}

function isPlaced(value: number, place: Placement): boolean {
  return typeof value === "number" && Number.isFinite(place.y(value));
}

/** A single point becomes a dot, through the round cap of a stroke without length. */
export function lineMark(values: readonly number[], place: Placement, tone: Tone): Html {
  const path = runsInView(values, place)
    .map((run) => run.map((point, i) => `${i === 0 ? "M" : i === 1 ? "L" : " "}${px(place, point)} ${py(place, point.value)}`).join(""))
    .map((run) => (run.includes("L") ? run : `${run}h0`))
    .join("");
  return trusted(`<path class="line ${tone}" d="${path}"/>`);
}

export function areaMark(values: readonly number[], place: Placement, tone: Tone): Html {
  const ground = py(place, place.ground);
  const path = runsInView(values, place)
    .map((run) => {
      const top = run.map((point) => `L${px(place, point)} ${py(place, point.value)}`).join("");
      return `M${px(place, run[0] as Point)} ${ground}${top}L${px(place, run[run.length - 1] as Point)} ${ground}Z`;
    })
    .join("");
  return trusted(`<path class="area ${tone}" d="${path}"/>`);
}

/** One path for the bars above the ground and one for those below, which the style sheet tells apart. */
export function barsMark(values: readonly number[], place: Placement, tone: Tone): Html {
  const half = (place.slot * BOX_WIDTH * 0.76) / 2;
  const ground = py(place, place.ground);
  const paths = { up: "", down: "" };
  values.forEach((value, index) => {
    if (!isPlaced(value, place)) return;
    const center = place.x(index) * BOX_WIDTH;
    const shape = `M${coordinate(center - half)} ${ground}H${coordinate(center + half)}V${py(place, value)}H${coordinate(center - half)}Z`;
    paths[value < place.ground ? "down" : "up"] += shape;
  });
  return trusted(`<path class="bars up ${tone}" d="${paths.up}"/><path class="bars down ${tone}" d="${paths.down}"/>`);
}

/** Above `MOST_DOTS` values every k-th is drawn; the caller says so in words. */
export const MOST_DOTS = 4000;

export function dotsMark(values: readonly number[], place: Placement, tone: Tone): Html {
  const stride = Math.max(1, Math.ceil(values.length / MOST_DOTS));
  let path = "";
  values.forEach((value, index) => {
    if (index % stride !== 0 || !isPlaced(value, place)) return;
    path += `M${coordinate(place.x(index) * BOX_WIDTH)} ${py(place, value)}h0`;
  });
  return trusted(`<path class="dots ${tone}" d="${path}"/>`);
}
