// Values that keys of several files share, with their bounds.
import { z } from "zod";
import { type IsoDate, parseIsoDate } from "#domain/time.js";

/** A day as `YYYY-MM-DD`. */
export const isoDate = z
  .string()
  .refine((text) => parseIsoDate(text) !== null, "must be a date as YYYY-MM-DD")
  .transform((text) => text as IsoDate);
export const fraction = z.number().min(0).max(1);
export const part = z.number().positive().max(1);
export const count = z.number().int().positive().max(1_000_000);
/** Basis points; a tenth of the price is more than any market asks. */
export const bps = z.number().min(0).max(1_000);
export const DAY_SECONDS = 86_400;
