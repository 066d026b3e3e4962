// The blocks that nets are made of, as a user may write them.
import { z } from "zod";

export const blockSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("dense"), units: z.int().positive() }),
  z.strictObject({ kind: z.literal("flatten") }),
]);

export type Block = z.infer<typeof blockSchema>;
