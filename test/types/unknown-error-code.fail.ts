// TS2345: every error code stands in the one table.
import { TruewindError } from "#base/errors.js";

export function fail(): never {
  // refused:
  throw new TruewindError("something-else", "It went wrong.");
}
