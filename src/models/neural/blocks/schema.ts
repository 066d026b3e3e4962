// The blocks that nets are made of, as a user may write them.
import { z } from "zod";
import { attentionPoolSchema } from "./attention-pool.js";
import { bookSchema } from "./book.js";
import { convSchema } from "./conv.js";
import { denseSchema } from "./dense.js";
import { encoderSchema } from "./encoder.js";
import { featureAttentionSchema } from "./feature-attention.js";
import { overTimeSchema } from "./over-time.js";
import { joinSchema } from "./parallel.js";
import { downsampleSchema, flattenSchema, lastSchema, maxSchema, meanSchema } from "./pool.js";
import { positionSchema } from "./position.js";
import { gruSchema, lstmSchema } from "./recurrent.js";
import { volatilityGateSchema } from "./volatility-gate.js";

/** Blocks that hold no others. */
const plainSchemas = [
  denseSchema,
  lstmSchema,
  gruSchema,
  convSchema,
  encoderSchema,
  positionSchema,
  featureAttentionSchema,
  volatilityGateSchema,
  bookSchema,
  overTimeSchema,
  downsampleSchema,
  attentionPoolSchema,
  lastSchema,
  meanSchema,
  maxSchema,
  flattenSchema,
] as const;

const plainSchema = z.discriminatedUnion("kind", plainSchemas);

interface ParallelBlock {
  readonly kind: "parallel";
  /** Each a list of blocks; an empty one hands on what it is given. */
  readonly branches: readonly (readonly Block[])[];
  readonly join: z.infer<typeof joinSchema>;
}

export type Block = z.infer<typeof plainSchema> | ParallelBlock;

/** A block as it is written: what has a default may be left out. */
export type BlockInput =
  | z.input<typeof plainSchema>
  | { readonly kind: "parallel"; readonly branches: readonly (readonly BlockInput[])[]; readonly join?: z.input<typeof joinSchema> };

const parallelSchema = z.strictObject({
  kind: z.literal("parallel"),
  branches: z.array(z.array(z.lazy((): z.ZodType<Block> => blockSchema))).min(2),
  join: joinSchema,
});

export const blockSchema = z.discriminatedUnion("kind", [...plainSchemas, parallelSchema]);
