// What people call the methods of value at risk.
import type { RiskMethod } from "#risk/measures/every-method.js";

export const RISK_METHODS: Readonly<Record<RiskMethod, string>> = {
  "historical": "historical",
  "normal": "normal",
  "student": "Student's t",
  "cornish-fisher": "Cornish-Fisher",
  "monte-carlo": "Monte Carlo",
  "filtered-historical": "filtered history",
};
