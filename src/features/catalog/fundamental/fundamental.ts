// All features of the group fundamental: companies' reports and the economy.
import type { FeatureDefinition } from "#features/language/definition.js";
import { companyFeatures } from "./company.js";
import { macroFeatures } from "./macro.js";

export const fundamental: readonly FeatureDefinition[] = [...companyFeatures, ...macroFeatures];
