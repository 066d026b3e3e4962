// An experiment over a few names of its dataset: the pipeline stays what it is, and a run of it takes a moment instead of minutes. What must be
// there (benchmark, peers) is; what depends on the number of names (a portfolio of k, samples of a leaf or of a batch) shrinks with it.
import { createRng } from "#base/rng.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { InstrumentId } from "#domain/instrument.js";
import type { Experiment } from "../config/experiment.js";

/** In the dataset's order. */
export function sampleNames(experiment: Experiment, { manifest }: OpenDataset, count: number): InstrumentId[] {
  const { universe, benchmark, peers, seed } = experiment;
  const needed = new Set<string>([...(benchmark === null ? [] : [benchmark]), ...Object.values(peers).filter((peer) => peer !== null)]);
  const barred = new Set<string>([...universe.exclude, ...manifest.notTradable, ...needed]);
  const mayTrade = manifest.instruments.filter(
    ({ id, sector }) =>
      !barred.has(id) &&
      (universe.include?.includes(id) ?? true) &&
      (universe.sectors === null || (sector !== null && universe.sectors.includes(sector))),
  );
  const rng = createRng(`${seed}/leak sample`);
  const left = mayTrade.map(({ id }) => id);
  const chosen = new Set<string>(needed);
  for (let k = 0; k < count && left.length > 0; k++) chosen.add(left.splice(rng.int(left.length), 1)[0] as string);
  return manifest.instruments.map(({ id }) => id).filter((id) => chosen.has(id));
}

/** The dataset with these names alone. */
export function narrow(dataset: OpenDataset, names: readonly InstrumentId[]): OpenDataset {
  const instruments = dataset.instruments({ instruments: names });
  const kept = new Set<string>(names);
  return {
    ...dataset,
    manifest: { ...dataset.manifest, instruments, notTradable: dataset.manifest.notTradable.filter((id) => kept.has(id)) },
    instruments: () => instruments,
    source: (selection = {}, options = {}) => dataset.source({ ...selection, instruments: names }, options),
    references: () => dataset.references({ instruments: names }),
  };
}

/** The experiment as it can be run on these names of `all`. */
export function fitToNames(experiment: Experiment, names: readonly InstrumentId[], all: number): Experiment {
  const kept = new Set<string>(names);
  const { universe, portfolio, risk } = experiment;
  const share = Math.min(1, names.length / all);
  const shrink = (k: number): number => Math.max(1, Math.floor(k * share));
  const include = universe.include?.filter((id) => kept.has(id)) as [string, ...string[]] | undefined;
  const smaller = portfolio.kind === "top-k" || portfolio.kind === "long-short" ? { ...portfolio, k: shrink(portfolio.k) } : portfolio;
  const keep =
    smaller.kind === "top-k" && smaller.keep !== null ? { ...smaller, keep: Math.max(smaller.k, shrink(smaller.keep)) } : smaller;
  const each = keep.kind === "top-k" ? keep.invested / keep.k : keep.kind === "long-short" ? keep.gross / 2 / keep.k : 0;
  return {
    ...experiment,
    model: shrinkModel(experiment.model, share),
    universe: { ...universe, include: include ?? null, exclude: universe.exclude.filter((id) => kept.has(id)) },
    portfolio: keep,
    risk: { ...risk, maxWeight: Math.min(1, Math.max(risk.maxWeight, each)) },
  };
}

/** Numbers of samples, by the name of their setting, and the least that each may be. A leaf that no split can fill would learn nothing. */
const COUNTS: Readonly<Record<string, number>> = { minDataInLeaf: 1, batch: 16 };

/** The settings of a model with its members' inside, its numbers of samples for fewer names. */
function shrinkModel<T>(settings: T, share: number): T {
  if (Array.isArray(settings)) return settings.map((one: unknown) => shrinkModel(one, share)) as T;
  if (typeof settings !== "object" || settings === null) return settings;
  const shrunk = Object.entries(settings).map(([key, value]: [string, unknown]) => {
    const least = COUNTS[key];
    if (least === undefined || typeof value !== "number") return [key, shrinkModel(value, share)];
    return [key, Math.min(value, Math.max(least, Math.floor(value * share)))];
  });
  return Object.fromEntries(shrunk) as T;
}
