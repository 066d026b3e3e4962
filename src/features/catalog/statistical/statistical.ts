// All statistical features.
import type { FeatureDefinition } from "#features/language/definition.js";
import { dependence } from "./dependence.js";
import { distribution } from "./distribution.js";
import { entropy } from "./entropy.js";
import { scaling } from "./scaling.js";
import { tails } from "./tails.js";
import { volatility } from "./volatility.js";

export const statistical: readonly FeatureDefinition[] = [...distribution, ...tails, ...dependence, ...entropy, ...scaling, ...volatility];
