// The plan of a feature set over a dataset as a whole, without an experiment's universe: the one that the store is filled with.
import type { DatasetManifest } from "#domain/dataset.js";
import type { Instrument } from "#domain/instrument.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import type { PeerRole } from "#features/language/node.js";
import { compileFeatures } from "#features/plan/compile.js";
import type { FeaturePlan } from "#ports/stages.js";
import { peerRows, sectorNumbers, sessionsAround } from "./company.js";

/** Symbols of reference instruments. */
export type PeerSymbols = Readonly<Partial<Record<PeerRole, string>>>;

/** `instruments`: all of the dataset or some, in its order. Peers that are not among them are not known. */
export function planOfDataset(
  manifest: DatasetManifest,
  instruments: readonly Instrument[],
  definitions: readonly FeatureDefinition[],
  peers: PeerSymbols,
): FeaturePlan {
  const barred = new Set<string>(manifest.notTradable);
  return compileFeatures(definitions, {
    instruments: instruments.length,
    tradable: Uint8Array.from(instruments, ({ id }) => (barred.has(id) ? 0 : 1)),
    sector: sectorNumbers(instruments),
    peers: peerRows(instruments, peers),
    sessions: sessionsAround(manifest),
    minHistory: 1,
    filters: [],
    priceBasis: manifest.priceBasis,
  });
}
