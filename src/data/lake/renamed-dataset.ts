// A view of a dataset in which instruments bear aliases. Rows, their order and all numbers are those of the dataset: nothing that is computed
// from them can tell the difference. What was written about the import names symbols and files, and is left out.
import type { DatasetManifest } from "#domain/dataset.js";
import type { InstrumentId } from "#domain/instrument.js";
import { TruewindError } from "#base/errors.js";
import type { SymbolNames } from "../names/name-key.js";
import type { OpenDataset, Selection } from "./open-dataset.js";

/** `names` must know all instruments. */
export function renamedDataset(dataset: OpenDataset, names: SymbolNames): OpenDataset {
  const { manifest, quality } = dataset;
  const rename = (id: InstrumentId): InstrumentId => {
    const alias = names.aliasOf(id);
    if (alias === undefined) throw new TruewindError("invariant", `Invariant: an instrument of ${manifest.name} has no alias`);
    return alias as InstrumentId;
  };
  const instruments = manifest.instruments.map((instrument) => ({ ...instrument, id: rename(instrument.id) }));
  const renamed: DatasetManifest = {
    ...manifest,
    instruments,
    notTradable: manifest.notTradable.map(rename),
    source: withoutSymbols(manifest.source, manifest, rename),
    names: names.id,
  };
  // A name that is nobody's alias is left for the dataset to refuse.
  const back = ({ instruments: wanted, ...window }: Selection): Selection =>
    wanted === undefined ? window : { ...window, instruments: wanted.map((id) => (names.symbolOf(id) ?? id) as InstrumentId) };
  return {
    folder: dataset.folder,
    manifest: renamed,
    quality: { ...quality, files: [], symbols: [], gaps: [], examples: [], notes: [] },
    instruments: (selection = {}) =>
      selection.instruments === undefined
        ? instruments
        : dataset.instruments(back(selection)).map((instrument) => ({ ...instrument, id: rename(instrument.id) })),
    source: (selection = {}, options = {}) => dataset.source(back(selection), options),
    references: (selection = {}) => dataset.references(back(selection)),
  };
}

/** Files are often called after what is in them. */
function withoutSymbols(text: string, { instruments }: DatasetManifest, rename: (id: InstrumentId) => InstrumentId): string {
  const bySymbol = new Map(instruments.map(({ id }) => [id.toLowerCase(), id]));
  const symbols = [...bySymbol.keys()]
    .sort((a, b) => b.length - a.length)
    .map((symbol) => symbol.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (symbols.length === 0) return text;
  const word = new RegExp(`(?<![a-z0-9])(?:${symbols.join("|")})(?![a-z0-9])`, "gi");
  return text.replaceAll(word, (found) => rename(bySymbol.get(found.toLowerCase()) as InstrumentId));
}
