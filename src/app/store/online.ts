// The online store of an experiment: its newest vectors in this process, in a file of the workspace, and in Redis where the environment
// names one. Paper mode writes it, `truewind features online` reads it.
import { join } from "node:path";
import { FileMirror } from "#adapters/stores/latest-file/file-mirror.js";
import { RedisMirror } from "#adapters/stores/redis/redis-mirror.js";
import { TruewindError } from "#base/errors.js";
import { featureSetVersion } from "#features/store/identity.js";
import { OnlineStore } from "#features/store/online-store.js";
import type { CheckedFeature } from "#features/store/vector-check.js";
import type { LatestMirror } from "#ports/latest-mirror.js";
import type { Experiment } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import type { Universe } from "../modes/universe.js";
import { storedReferences } from "./stored-references.js";

/** Names the variable that holds the server's URL; a password in it is never shown. */
const REDIS_URL = "TRUEWIND_REDIS_URL";

/** Above this share of unknown values a vector is not sound. */
const MAX_UNKNOWN = 0.5;

export interface OnlineFeatures {
  readonly store: OnlineStore;
  /** Of features, universe, peers and lineage: who has another gets nothing. */
  readonly version: string;
  /** In words, for people. */
  readonly places: readonly string[];
}

/** Throws `bad-config` when the environment names something that is no Redis URL. `say` is told when a mirror fails and when it is whole again. */
export async function openOnlineFeatures(
  workspace: Workspace,
  experiment: Experiment,
  universe: Universe,
  say: (sentence: string) => void,
): Promise<OnlineFeatures> {
  const { manifest } = universe.dataset;
  const context = {
    lineage: manifest.lineage,
    universe: experiment.universe,
    peers: experiment.peers,
    facts: experiment.data.facts,
    benchmark: experiment.benchmark,
    ...(manifest.names === undefined ? {} : { names: manifest.names }),
  };
  const version = featureSetVersion(universe.features, context);
  const key = `${experiment.name}-${version.slice(0, 16)}`;
  const file = join(workspace.root, "features", "online", `${key}.vectors`);
  const mirrors: LatestMirror[] = [new FileMirror({ file, say })];
  const places = [file];
  const url = process.env[REDIS_URL] ?? "";
  if (url !== "") {
    if (!/^rediss?:\/\//.test(url)) {
      throw new TruewindError("bad-config", `${REDIS_URL} must be redis://[user:password@]host[:port][/db], or rediss:// with TLS.`);
    }
    mirrors.push(new RedisMirror({ url, key: `truewind:features:${key}`, say }));
    places.push(`Redis, hash truewind:features:${key}`);
  }
  const references = await storedReferences(join(workspace.root, "features"), manifest.lineage, universe.features);
  const features = universe.features.map(({ name, range }): CheckedFeature => ({ name, range, reference: references.get(name) ?? null }));
  const symbols = universe.instruments.map(({ id }) => id as string);
  return { store: new OnlineStore({ version, symbols, features, mirrors, maxUnknown: MAX_UNKNOWN }), version, places };
}
