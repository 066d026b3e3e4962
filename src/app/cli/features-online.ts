// `truewind features online EXPERIMENT`: the newest feature vectors that a paper session of the experiment has left, how old and how sound.
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { formatMicros, type Micros } from "#domain/time.js";
import type { ServedVector } from "#features/store/online-store.js";
import { readExperiment } from "../config/experiment.js";
import { openUniverse } from "../modes/universe.js";
import { aliasFor, openExperiment } from "../names/open-experiment.js";
import { openOnlineFeatures } from "../store/online.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

interface OnlineCommandOptions extends CommonOptions {
  readonly symbol?: string;
}

export function addFeaturesOnline(group: Command, context: CommandContext): void {
  withCommonOptions(group.command("online"))
    .description("show the newest feature vectors of an experiment's paper session, from its file or Redis (TRUEWIND_REDIS_URL)")
    .argument("<experiment>", "experiment (YAML)")
    .option("--symbol <symbol>", "all values of one instrument")
    .action(async (file: string, options: OnlineCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const { experiment, dataset, facts, names: aliases } = await openExperiment(workspace, readExperiment(file));
      const universe = openUniverse(experiment, dataset, facts);
      const online = await openOnlineFeatures(workspace, experiment, universe, complain);
      const { store, places } = online;
      await store.restore();
      const symbols = universe.instruments.map(({ id }) => id as string);
      const found = symbols.flatMap((symbol): [string, ServedVector][] => {
        const vector = store.newest(symbol);
        return vector === null ? [] : [[symbol, vector]];
      });
      await store.close();
      if (found.length === 0) {
        throw new TruewindError(
          "no-data",
          `There are no vectors of experiment ${experiment.name} as it is now: run \`truewind paper\` with it, or look for an older version of the file.`,
        );
      }
      const names = universe.features.map(({ name }) => name);
      const wanted = options.symbol === undefined ? undefined : aliasFor(aliases, options.symbol);
      if (wanted !== undefined && !symbols.includes(wanted)) {
        throw new TruewindError("bad-usage", `Dataset ${dataset.manifest.name} has no ${wanted}: choose among its symbols.`);
      }
      const newest = Math.max(...found.map(([, { asOf }]) => asOf));
      // Whether a vector is old is told by the others, also by those that are not shown.
      const asked = found.filter(([symbol]) => wanted === undefined || symbol === wanted);
      if (asked.length === 0) terminal.say(`There is no vector of ${wanted}.`);
      const width = Math.max(12, ...asked.map(([symbol]) => symbol.length));
      for (const [symbol, vector] of asked) {
        const { asOf, verdict, values } = vector;
        const known = `${Math.round(100 * (1 - verdict.unknown))}% known`;
        const notes = [
          ...(asOf < newest ? ["STALE"] : []),
          ...(verdict.outside.length > 0 ? [`outside: ${verdict.outside.join(", ")}`] : []),
        ];
        terminal.say(`${symbol.padEnd(width)} as of ${formatMicros(asOf as Micros)}  ${known.padStart(10)}  ${notes.join("  ")}`);
        if (wanted !== undefined) names.forEach((name, f) => terminal.say(`  ${name.padEnd(34)} ${values[f]}`));
      }
      terminal.say();
      terminal.say(`${found.length} of ${symbols.length} instruments, ${names.length} features, from ${places.join(" and ")}`);
      terminal.result({ version: online.version, newest, vectors: asked.map(([symbol, vector]) => shown(symbol, vector, newest, names)) });
    });
}

function shown(symbol: string, { asOf, verdict, values }: ServedVector, newest: number, names: readonly string[]): object {
  const known = names.flatMap((name, f) => (Number.isNaN(values[f]) ? [] : [[name, values[f]] as const]));
  return { symbol, asOf, stale: asOf < newest, ...verdict, values: Object.fromEntries(known) };
}

function complain(sentence: string): void {
  process.stderr.write(`truewind: ${sentence}\n`);
}
