// What features are like in the offline store: the yardstick for those computed now.
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readFeatureManifest } from "#data/feature-lake/manifest.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import type { CheckedFeature } from "#features/store/vector-check.js";

/** By name: of each feature in its version, from the set with most rows over the same lineage. Features that were never stored are left out. */
export async function storedReferences(
  store: string,
  lineage: string,
  definitions: readonly FeatureDefinition[],
): Promise<ReadonlyMap<string, NonNullable<CheckedFeature["reference"]>>> {
  const found = new Map<string, NonNullable<CheckedFeature["reference"]>>();
  const rows = new Map<string, number>();
  const versions = new Map(definitions.map(({ name, version }) => [name, version]));
  for (const set of await foldersIn(store)) {
    for (const data of await foldersIn(set)) {
      // A damaged set is for its readers to complain of.
      const manifest = await readFeatureManifest(data).catch(() => null);
      if (manifest?.dataset.lineage !== lineage) continue;
      for (const { name, version, statistics } of manifest.features) {
        const { mean, deviation, known } = statistics;
        if (versions.get(name) !== version || mean === null || deviation === null || known <= (rows.get(name) ?? 0)) continue;
        rows.set(name, known);
        found.set(name, { mean, deviation });
      }
    }
  }
  return found;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort();
}
