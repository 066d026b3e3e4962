// `truewind features compute SET`: a feature set over a whole dataset, into the workspace's offline store.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { openFactSets } from "#data/facts/told.js";
import type { FeatureManifest } from "#data/feature-lake/manifest.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { defineOwnFeatures } from "#features/own-features.js";
import { resolveFeatures } from "#features/registry.js";
import { readOwnFeatures } from "../config/experiment.js";
import { computeFeatures } from "../store/compute-features.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { collect, peersOf } from "./feature-options.js";
import { positiveInteger } from "./numbers.js";
import { interruptible } from "./terminal.js";

interface ComputeCommandOptions extends CommonOptions {
  readonly data: string;
  readonly file?: string;
  readonly as?: string;
  readonly threads: number;
  readonly peer: readonly string[];
  readonly facts: readonly string[];
}

export function addFeaturesCompute(group: Command, context: CommandContext): void {
  withCommonOptions(group.command("compute"))
    .description("compute features over a dataset into the store; what is there already is not computed again")
    .argument("<names...>", "a set, or features (also feature@timeframe)")
    .requiredOption("--data <dataset>", "a dataset of the lake")
    .option("--file <file>", "a file with own features")
    .option("--as <name>", "what the set is called in the store (default: the set's name, else custom)")
    .option("--threads <n>", "worker threads", positiveInteger, availableParallelism())
    .option("--peer <role=symbol>", "reference instrument, as market=SPY; may be given several times", collect, [])
    .option("--facts <name>", "a set of facts that features read; may be given several times", collect, [])
    .action(async (names: string[], options: ComputeCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const own = options.file === undefined ? [] : defineOwnFeatures(readOwnFeatures(options.file));
      const dataset = await openDataset(workspace.lake, options.data);
      const { folder, manifest, found } = await computeFeatures({
        store: join(workspace.root, "features"),
        dataset,
        factSets: await openFactSets(workspace.facts, options.facts, dataset.manifest.instruments),
        set: setName(options.as ?? (names.length === 1 && /^[A-Za-z0-9._-]+$/.test(names[0] as string) ? (names[0] as string) : "custom")),
        definitions: resolveFeatures(names, own),
        peers: peersOf(options.peer),
        threads: options.threads,
        onProgress: (done) => terminal.progress("computing features", done),
        signal: interruptible(),
      });
      terminal.settle();
      const { features, rows, symbols, contentId } = manifest;
      terminal.say(`${folder}${found ? " (was there already)" : ""}`);
      terminal.say(
        `${features.length} features, ${rows.toLocaleString("en")} rows of ${symbols.length} instruments, id ${contentId.slice(0, 12)}`,
      );
      for (const line of complaints(manifest)) terminal.say(line);
      terminal.result({ folder, found, contentId, version: manifest.version, rows, features: features.map(({ name }) => name) });
    });
}

function setName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/.test(name)) return name;
  throw new TruewindError("bad-usage", `"${name}" is no name for a set: use letters, digits, dot, dash and underscore.`);
}

/** What a reader should know before using the values: features that are never known, and values outside their declared range. */
function complaints({ features }: FeatureManifest): readonly string[] {
  const never = features.filter(({ statistics }) => statistics.known === 0).map(({ name }) => name);
  const outside = features.filter(({ statistics }) => statistics.outside > 0);
  return [
    ...(never.length === 0
      ? []
      : [`Never known on these data: ${never.slice(0, 10).join(", ")}${never.length > 10 ? `, and ${never.length - 10} more` : ""}`]),
    ...outside.map(({ name, statistics }) => `Outside its range: ${name}, ${statistics.outside.toLocaleString("en")} values`),
  ];
}
