// What a net predicts, as a user may write it. Each head has a weight in the loss.
import { z } from "zod";

const weight = z.number().positive().default(1);

export const headsSchema = z
  .strictObject({
    /** Expected label. */
    return: z
      .strictObject({ weight, loss: z.enum(["mse"]).default("mse") })
      .nullable()
      .default(null),
    /** Probability that the label is positive. */
    direction: z.strictObject({ weight }).nullable().default(null),
  })
  .prefault({ return: {} });

export type HeadsConfig = z.infer<typeof headsSchema>;
