// The table of all features that a configuration can name, and of named sets. The contract suite runs over everything in it.
import { invariant, TruewindError } from "#base/errors.js";
import { alpha158 } from "#features/catalog/alpha158.js";
import { calendarFeatures } from "#features/catalog/calendar/calendar.js";
import { classic, classicRanks } from "#features/catalog/classic.js";
import { crossAsset } from "#features/catalog/cross-asset/cross-asset.js";
import { fundamental } from "#features/catalog/fundamental/fundamental.js";
import { sentiment } from "#features/catalog/sentiment/sentiment.js";
import { smartMoney } from "#features/catalog/smart-money/smart-money.js";
import { atTimeframe, type FeatureDefinition } from "#features/language/definition.js";
import { levels } from "#features/catalog/levels.js";
import { microstructure } from "#features/catalog/microstructure/microstructure.js";
import { portfolio173 } from "#features/catalog/portfolio-173.js";
import { regime } from "#features/catalog/regime/regime.js";
import { statistical } from "#features/catalog/statistical/statistical.js";
import { candles } from "#features/catalog/technical/candles.js";
import { technical } from "#features/catalog/technical/technical.js";
import { parseTimeframe, timeframes } from "#features/language/timeframe.js";

/** In the order in which they count: of features that say the same, the earlier one. */
const catalogs: readonly (readonly FeatureDefinition[])[] = [
  levels,
  classic,
  classicRanks,
  technical,
  alpha158,
  microstructure,
  statistical,
  regime,
  crossAsset,
  sentiment,
  calendarFeatures,
  smartMoney,
  fundamental,
  candles,
];

export const features: ReadonlyMap<string, FeatureDefinition> = tableOf(catalogs.flat());

function tableOf(definitions: readonly FeatureDefinition[]): ReadonlyMap<string, FeatureDefinition> {
  const table = new Map(definitions.map((definition) => [definition.name, definition]));
  const twice = definitions.find((definition) => table.get(definition.name) !== definition);
  if (twice !== undefined) invariant(false, `two features are called ${twice.name}`);
  return table;
}

const sets: ReadonlyMap<string, readonly FeatureDefinition[]> = new Map([
  ["classic-40", classicRanks],
  ["classic-40-raw", classic],
  ["levels", levels],
  ["alpha158", alpha158],
  ["technical", technical],
  ["microstructure", microstructure],
  ["statistical", statistical],
  ["regime", regime],
  ["cross-asset", crossAsset],
  ["sentiment", sentiment],
  ["calendar", calendarFeatures],
  ["smart-money", smartMoney],
  ["fundamental", fundamental],
  // A name that is gone is left out here and found by the set's test.
  ["portfolio-173", portfolio173.flatMap((name) => features.get(name) ?? [])],
  ["candles", candles],
]);

export const featureSets: readonly string[] = [...sets.keys()];

/** `name`, or `name@timeframe` for longer bars than those of the run; `own` are looked through first. Throws `bad-config` that names near matches. */
export function featureByName(name: string, own: ReadonlyMap<string, FeatureDefinition> = new Map()): FeatureDefinition {
  const [plain = "", suffix] = name.split("@", 2);
  const definition = own.get(plain) ?? features.get(plain) ?? unknown("feature", plain, [...own.keys(), ...features.keys()]);
  if (suffix === undefined) return definition;
  const timeframe = parseTimeframe(suffix);
  if (timeframe === null) {
    throw new TruewindError("bad-config", `There is no timeframe "${suffix}" (in ${name}); choose one of ${timeframes.join(", ")}.`);
  }
  return atTimeframe(definition, timeframe);
}

/** The features of a named set, in their order. Throws `bad-config` that names near matches. */
export function featureSet(name: string): readonly FeatureDefinition[] {
  return sets.get(name) ?? unknown("feature set", name, featureSets);
}

/** The features of a set, or of a list whose entries are names of features (also `name@timeframe`) or sets. `own`: a user's. Throws `bad-config`. */
export function resolveFeatures(names: string | readonly string[], own: readonly FeatureDefinition[] = []): readonly FeatureDefinition[] {
  if (typeof names === "string") return featureSet(names);
  const mine = new Map(own.map((definition) => [definition.name, definition]));
  return names.flatMap((name) => mine.get(name) ?? sets.get(name) ?? featureByName(name, mine));
}

function unknown(what: string, given: string, known: readonly string[]): never {
  const name = given.toLowerCase();
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, name.length / 3) || candidate.includes(name))
    .sort((a, b) => Number(b.candidate.startsWith(name)) - Number(a.candidate.startsWith(name)) || a.distance - b.distance)
    .slice(0, 5)
    .map(({ candidate }) => candidate);
  const hint = near.length > 0 ? `did you mean ${near.join(", ")}?` : `for example ${known.slice(0, 5).join(", ")}.`;
  throw new TruewindError("bad-config", `There is no ${what} "${given}"; ${hint}`);
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (before[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (before[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    before = row;
  }
  return before[b.length] as number;
}
