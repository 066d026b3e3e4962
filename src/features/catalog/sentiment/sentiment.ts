// All features of the group sentiment. They need scored texts (facts `text.*`) and are NaN before the first text, unless a definition says
// what stands in for a bar without one.
import type { FeatureDefinition } from "#features/language/definition.js";
import { attentions } from "./attention.js";
import { tones } from "./tone.js";

export const sentiment: readonly FeatureDefinition[] = [...tones, ...attentions];
