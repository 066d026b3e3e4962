// Uniform over the space: logarithms where it says so, every choice and every value of a grid alike.
import type { Rng } from "#base/rng.js";
import { axisOf, uniformOn } from "../space/axis.js";
import { type Choice, type Parameter, type Params, type Space, isActive } from "../space/parameter.js";
import type { Sampler } from "./sampler.js";

export const randomSampler: Sampler = {
  most: Number.POSITIVE_INFINITY,
  suggest: ({ space, rng }) => drawUniformly(space, rng),
};

export function drawUniformly(space: Space, rng: Rng): Params {
  const chosen: Record<string, Choice> = {};
  for (const parameter of space) if (isActive(parameter, chosen)) chosen[parameter.name] = drawOne(parameter, rng);
  return chosen;
}

function drawOne(parameter: Parameter, rng: Rng): Choice {
  if (parameter.kind === "categorical") return parameter.choices[rng.int(parameter.choices.length)] as Choice;
  return uniformOn(axisOf(parameter), rng);
}
