// Computes a feature set over a dataset into the workspace's offline store: features/SET-version/DATASET-id/, one folder per part.
// Nothing is computed twice: a finished set is returned as it is, an interrupted one goes on, and one of an earlier version of the same
// dataset is taken over as far as its bars are still the same.
import { existsSync } from "node:fs";
import { copyFile, link, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { lockFile } from "#adapters/stores/sqlite/file-lock.js";
import { TruewindError, invariant } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import type { OpenFactSet } from "#data/facts/told.js";
import { type FeatureManifest, type FeaturePart, readFeatureManifest, writeFeatureManifest } from "#data/feature-lake/manifest.js";
import { type PartState, readPartState } from "#data/feature-lake/part-state.js";
import { type FeatureStatistics, poolStatistics } from "#data/feature-lake/statistics.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { featureSetVersion } from "#features/store/identity.js";
import { STATE_FILE } from "./compute-part.js";
import { cutIntoParts, type Part } from "./parts.js";
import { runPartWorkers, type WorkersOptions } from "./part-workers.js";
import type { PeerSymbols } from "../modes/plan-of-dataset.js";

export interface ComputeOptions {
  /** `features` folder of the workspace. */
  readonly store: string;
  readonly dataset: OpenDataset;
  /** Name of the set, for people. */
  readonly set: string;
  readonly definitions: readonly FeatureDefinition[];
  readonly peers: PeerSymbols;
  readonly factSets: readonly OpenFactSet[];
  readonly threads: number;
  readonly onProgress: (done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface ComputedFeatures {
  readonly folder: string;
  readonly manifest: FeatureManifest;
  /** True when it was there already. */
  readonly found: boolean;
}

/** Folder of a set over a dataset, computed or not. */
export function featureFolder({
  store,
  dataset,
  set,
  definitions,
  peers,
  factSets,
}: Omit<ComputeOptions, "threads" | "onProgress">): string {
  const { manifest } = dataset;
  const data = factSets.length === 0 ? manifest.id : hashJson([manifest.id, ...factSets.map((facts) => facts.manifest.id)]);
  return join(store, `${set}-${versionOf(definitions, peers).slice(0, 12)}`, `${manifest.name}-${data.slice(0, 12)}`);
}

/** Throws `bad-config` for a dataset without bars or an unknown peer, `busy`, and `interrupted`, after which the same call goes on. */
export async function computeFeatures(options: ComputeOptions): Promise<ComputedFeatures> {
  const { dataset, definitions, peers, factSets } = options;
  check(options);
  const folder = featureFolder(options);
  await mkdir(folder, { recursive: true });
  const release = lockFile(join(folder, "lock"));
  if (release === null) throw new TruewindError("busy", `Another process computes ${folder}: wait for its end.`);
  try {
    const there = await readFeatureManifest(folder);
    if (there !== null) return { folder, manifest: there, found: true };
    const symbols = dataset.manifest.instruments.map(({ id }) => id as string);
    const parts = cutIntoParts(symbols, definitions);
    await takeOver(options, folder, parts);
    const work = parts.map((part) => ({ part, folder: join(folder, part.name) }));
    await runPartWorkers(work, { ...workerOptions(options, parts), datasetFolder: dataset.folder, peers, factSets });
    const states = await Promise.all(parts.map(({ name }) => readPartState(join(folder, name, STATE_FILE))));
    const manifest = describe(options, parts, states.map(whole));
    await writeFeatureManifest(folder, manifest);
    return { folder, manifest, found: false };
  } finally {
    release();
  }
}

function check({ dataset: { manifest }, definitions, peers }: ComputeOptions): void {
  if (manifest.kind !== "bar")
    throw new TruewindError("bad-config", `Dataset ${manifest.name} holds ${manifest.kind}s; features need bars.`);
  if (definitions.length === 0) throw new TruewindError("bad-usage", "Name at least one feature or set.");
  for (const [role, symbol] of Object.entries(peers)) {
    if (manifest.instruments.some(({ id }) => id === symbol)) continue;
    throw new TruewindError("bad-config", `Dataset ${manifest.name} has no ${symbol} to stand for the role ${role}.`);
  }
}

function versionOf(definitions: readonly FeatureDefinition[], peers: PeerSymbols): string {
  return featureSetVersion(definitions, { peers });
}

function workerOptions(options: ComputeOptions, parts: readonly Part[]): Omit<WorkersOptions, "datasetFolder" | "peers" | "factSets"> {
  const { dataset, threads, onProgress, signal } = options;
  // All groups together read every row once; the joint part reads it once more.
  const passes = (parts.some(isJoint) ? 1 : 0) + (parts.every(isJoint) ? 0 : 1);
  const all = Math.max(1, dataset.manifest.rows * passes);
  let rows = 0;
  return {
    threads,
    signal,
    onRows: (more) => {
      rows += more;
      onProgress(Math.min(1, rows / all));
    },
  };
}

function isJoint({ name }: { readonly name: string }): boolean {
  return name === "joint";
}

/** Finished parts of the latest earlier version of the dataset, by links: files are never changed, so both stay readable. */
async function takeOver(
  { dataset, set, definitions, peers, store }: ComputeOptions,
  folder: string,
  parts: readonly Part[],
): Promise<void> {
  const version = versionOf(definitions, peers);
  const home = join(store, `${set}-${version.slice(0, 12)}`);
  let best: { readonly from: string; readonly rows: number } | null = null;
  for (const entry of await readdir(home)) {
    const from = join(home, entry);
    if (from === folder) continue;
    const there = await readFeatureManifest(from).catch(() => null);
    if (there === null || there.dataset.lineage !== dataset.manifest.lineage) continue;
    if (best === null || there.rows > best.rows) best = { from, rows: there.rows };
  }
  if (best === null) return;
  for (const { name } of parts) {
    const [source, target] = [join(best.from, name), join(folder, name)];
    if (!existsSync(source) || existsSync(join(target, STATE_FILE))) continue;
    await mkdir(target, { recursive: true });
    // The state comes last: without it the rest does not count.
    const entries = (await readdir(source)).filter((entry) => entry.endsWith(".parquet"));
    for (const entry of [...entries, STATE_FILE]) await share(join(source, entry), join(target, entry));
  }
}

async function share(source: string, target: string): Promise<void> {
  if (existsSync(target)) return;
  await link(source, target).catch(() => copyFile(source, target));
}

function whole(state: PartState | null): PartState {
  invariant(state !== null, "a part that was computed has a state");
  return state;
}

function describe(options: ComputeOptions, parts: readonly Part[], states: readonly PartState[]): FeatureManifest {
  const { dataset, set, definitions, peers, factSets } = options;
  const { name, id, lineage, instruments } = dataset.manifest;
  const listed: FeaturePart[] = parts.map((part, i) => ({
    name: part.name,
    symbols: [...part.symbols],
    features: part.definitions.map((definition) => definition.name),
    segments: (states[i] as PartState).segments.map(({ input: _, ...segment }) => segment),
  }));
  const segments = listed.flatMap((part) => part.segments);
  const rowsOf = (part: FeaturePart): number => part.segments.reduce((sum, { rows }) => sum + rows, 0);
  const statistics = statisticsOf(listed, states, rowsOf);
  const own = listed.filter((part) => !isJoint(part));
  return {
    layout: 1,
    set,
    version: versionOf(definitions, peers),
    dataset: { name, id, lineage },
    facts: factSets.map(({ manifest }) => manifest.id),
    symbols: instruments.map((instrument) => instrument.id as string),
    features: definitions.map((definition) => ({
      name: definition.name,
      version: definition.version,
      unit: definition.unit,
      range: [...definition.range],
      statistics: statistics.get(definition.name) as FeatureStatistics,
    })),
    rows: (own.length > 0 ? own : listed).reduce((sum, part) => sum + rowsOf(part), 0),
    from: segments.length === 0 ? null : Math.min(...segments.map(({ from }) => from)),
    to: segments.length === 0 ? null : Math.max(...segments.map(({ to }) => to)),
    contentId: hashJson(listed.map((part) => ({ ...part, segments: part.segments.map(({ rows, hash }) => ({ rows, hash })) }))),
    parts: listed,
  };
}

function statisticsOf(
  parts: readonly FeaturePart[],
  states: readonly PartState[],
  rowsOf: (part: FeaturePart) => number,
): ReadonlyMap<string, FeatureStatistics> {
  const found = new Map<string, FeatureStatistics>();
  for (const joint of [true, false]) {
    const chosen = parts.flatMap((part, i) => (isJoint(part) === joint ? [{ part, cells: (states[i] as PartState).statistics }] : []));
    const names = chosen[0]?.part.features ?? [];
    const pooled = poolStatistics(
      chosen.map(({ part, cells }) => ({ rows: rowsOf(part), cells })),
      names.length,
    );
    names.forEach((name, f) => found.set(name, pooled[f] as FeatureStatistics));
  }
  return found;
}
