// Every point of a grid once, the last parameter changing first: all choices, all values of a grid, and of a parameter that may be any
// number so many points, both ends among them.
import { TruewindError } from "#base/errors.js";
import { axisOf, gridSize } from "../space/axis.js";
import { type Choice, type Parameter, type Params, type Space, isActive } from "../space/parameter.js";
import type { Sampler } from "./sampler.js";

const MOST_POINTS = 100_000;

/** `points`: of a parameter that may be any number. Throws `bad-config` for a grid that nobody could walk. */
export function createGrid(space: Space, points: number): Sampler {
  const grid = walk(space, points, {});
  return { most: grid.length, suggest: ({ number }) => grid[number] as Params };
}

function walk(space: Space, points: number, chosen: Params): readonly Params[] {
  const [first, ...rest] = space;
  if (first === undefined) return [chosen];
  const tails = isActive(first, chosen)
    ? valuesOf(first, points).flatMap((value) => walk(rest, points, { ...chosen, [first.name]: value }))
    : walk(rest, points, chosen);
  if (tails.length > MOST_POINTS)
    throw new TruewindError(
      "bad-config",
      `The grid has more than ${MOST_POINTS} points: give fewer parameters, wider steps, or another sampler.`,
    );
  return tails;
}

function valuesOf(parameter: Parameter, points: number): readonly Choice[] {
  if (parameter.kind === "categorical") return parameter.choices;
  const axis = axisOf(parameter);
  const size = gridSize(parameter);
  if (size !== null) {
    const { low, step } = parameter;
    return Array.from({ length: size }, (_, i) => axis.value(axis.place(low + i * (step as number))));
  }
  return Array.from({ length: points }, (_, i) => axis.value(axis.low + (i / Math.max(1, points - 1)) * (axis.high - axis.low)));
}
