// The verb behind `truewind names` and the library's `readNames`: the way back from anonymized names, with the workspace's key.
import { TruewindError } from "#base/errors.js";
import { openDataset } from "#data/lake/open-dataset.js";
import type { Workspace } from "../config/workspace.js";
import { keyFile } from "./key-file.js";
import { knownNames } from "./open-names.js";

export interface ReadNames {
  /** Path of the key's file. */
  readonly key: string;
  /** What tells the key from others. */
  readonly id: string;
  /** In the order in which they were asked for. */
  readonly names: readonly { readonly symbol: string; readonly name: string }[];
}

/** `asked`: symbols and anonymized names of the dataset; all when empty. Throws `no-such-dataset`, `bad-key`, or `bad-usage` for one that is neither. */
export async function readNames(workspace: Workspace, datasetName: string, asked: readonly string[]): Promise<ReadNames> {
  const dataset = await openDataset(workspace.lake, datasetName);
  const key = keyFile(workspace.names, dataset.manifest.lineage);
  const names = knownNames(workspace.names, dataset);
  if (names === null)
    throw new TruewindError(
      "bad-key",
      `This workspace has no key of names for dataset ${datasetName}: the first experiment on it makes one; for runs made elsewhere, copy theirs to ${key}.`,
    );
  // An update may have brought instruments that no experiment has met yet.
  const all = dataset.manifest.instruments.map(({ id }) => id as string).filter((symbol) => names.aliasOf(symbol) !== undefined);
  const found = (asked.length > 0 ? asked : all).map((one) => ({ symbol: names.symbolOf(one) ?? one, name: names.aliasOf(one) ?? one }));
  const unknown = found.filter(({ symbol, name }) => symbol === name).map(({ symbol }) => symbol);
  if (unknown.length > 0)
    throw new TruewindError(
      "bad-usage",
      `The key of names for dataset ${datasetName} knows no ${unknown.slice(0, 10).join(", ")}${unknown.length > 10 ? ", ..." : ""}.`,
    );
  return { key, id: names.id, names: found };
}
