// The sampler that a file names.
import { createGrid } from "#research/tuning/samplers/grid.js";
import { randomSampler } from "#research/tuning/samplers/random.js";
import type { Sampler } from "#research/tuning/samplers/sampler.js";
import { createTpe } from "#research/tuning/samplers/tpe.js";
import type { Tuning } from "../config/tuning.js";

export function samplerOf({ sampler, space }: Pick<Tuning, "sampler" | "space">): Sampler {
  switch (sampler.kind) {
    case "tpe":
      return createTpe(sampler);
    case "random":
      return randomSampler;
    case "grid":
      return createGrid(space, sampler.points);
    default:
      return sampler satisfies never;
  }
}
