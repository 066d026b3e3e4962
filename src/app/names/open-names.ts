// The names of a dataset's instruments under the workspace's key. The key is made when it is first needed, and grows with the dataset.
import { randomBytes } from "node:crypto";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import { medianDollarVolumes } from "#data/lake/dollar-volume.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import { type NameKey, type SymbolFacts, type SymbolNames, emptyKey, growKey, lineageMark, namesOf } from "#data/names/name-key.js";
import { isSimulated } from "../modes/oracle.js";
import { changeKey, keyFile, readKey } from "./key-file.js";

/** `id`: of the key under which something was made before; then no key is made. Throws `bad-key`, `busy`, or `data-changed` for another dataset. */
export async function openNames(folder: string, dataset: OpenDataset, id?: string): Promise<SymbolNames> {
  const { lineage, instruments } = dataset.manifest;
  const path = keyFile(folder, lineage);
  const found = readKey(path, lineage);
  if (id !== undefined) refuseOtherKey(found, id, path, dataset);
  if (found !== null && instruments.every((instrument) => found.names.has(instrument.id))) return namesOf(found);
  const facts = await factsOf(dataset);
  return namesOf(changeKey(path, lineage, (key) => growKey(key ?? emptyKey(lineage, secretFor(dataset)), facts)));
}

/** The names that were given by now; null when there is no key yet. Throws `bad-key`. */
export function knownNames(folder: string, { manifest: { lineage } }: OpenDataset): SymbolNames | null {
  const key = readKey(keyFile(folder, lineage), lineage);
  return key === null ? null : namesOf(key);
}

async function factsOf(dataset: OpenDataset): Promise<readonly SymbolFacts[]> {
  const volumes = await medianDollarVolumes(dataset);
  return dataset.manifest.instruments.map(({ id, sector, currency }, row) => ({
    symbol: id,
    sector,
    currency,
    dollarVolume: volumes[row] ?? null,
  }));
}

/** Names in a simulated market are made up: they hide nobody, and its runs are to be the same everywhere, to the byte. */
function secretFor(dataset: OpenDataset): string {
  return isSimulated(dataset) ? sha256(`names of a simulated market ${dataset.manifest.lineage}`) : randomBytes(32).toString("hex");
}

function refuseOtherKey(key: NameKey | null, id: string, path: string, { manifest }: OpenDataset): void {
  if (!id.startsWith(lineageMark(manifest.lineage)))
    throw new TruewindError(
      "data-changed",
      `Dataset ${manifest.name} is not the one that this was made on: import that one again, or run the experiment anew.`,
    );
  const here = key === null ? null : namesOf(key).id;
  if (here === id) return;
  throw new TruewindError(
    "bad-key",
    `It was made with anonymized names of dataset ${manifest.name} under key ${id}, and this workspace has ${here === null ? "none" : `key ${here}`}: copy ${path} from the workspace where it was made.`,
  );
}
