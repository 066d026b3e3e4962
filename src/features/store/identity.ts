// What a stored feature vector is a vector of. Everything that decides its values and their order enters; what describes them does not.
import { hashJson } from "#base/hash.js";
import type { FeatureDefinition } from "#features/language/definition.js";

/** Raised when the fold itself changes values under unchanged definitions. */
const FOLD = 3;

/** Hex SHA-256 over names, versions, formulas and timeframes in their order, and `context`: what else the values depend on, as plain data. */
export function featureSetVersion(definitions: readonly FeatureDefinition[], context: unknown = null): string {
  return hashJson({
    fold: FOLD,
    features: definitions.map(({ name, version, expr, timeframe }) => ({ name, version, expr, timeframe })),
    context,
  });
}
