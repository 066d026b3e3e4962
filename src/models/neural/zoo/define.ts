// What a net of the zoo is: options with their defaults, and the blocks that they come to.
import { z } from "zod";
import type { BlockInput } from "../blocks/schema.js";

export interface ZooNet<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** Steps that it looks back on where the settings do not say. */
  readonly steps: number;
  readonly options: z.ZodObject<Shape>;
  readonly blocks: (options: unknown) => readonly BlockInput[];
}

/** `blocks` gets the options with their defaults. */
export function defineNet<Shape extends z.ZodRawShape>(
  steps: number,
  options: Shape,
  blocks: (options: z.infer<z.ZodObject<Shape>>) => readonly BlockInput[],
): ZooNet {
  const schema = z.object(options);
  return { steps, options: schema as z.ZodObject, blocks: (given) => blocks(schema.parse(given)) };
}

/** A whole number above 0: units, layers, heads, channels. */
export const count = (standard: number) => z.int().positive().default(standard);

export const dropout = z.number().min(0).lt(1).default(0.1);
