// `truewind features overlap`: which features of computed tables say the same.
import type { Command } from "commander";
import { type NumberSample, sampleNumbers } from "#data/vectors/sample.js";
import { features } from "#features/registry.js";
import { countDistinct } from "#research/overlap/rank-overlap.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveInteger, positiveNumber } from "./numbers.js";

interface OverlapOptions extends CommonOptions {
  readonly limit: number;
  readonly rows: number;
}

export function addFeaturesOverlap(group: Command, context: CommandContext): void {
  withCommonOptions(group.command("overlap"))
    .description("find features that say the same in any of the tables, by rank correlation over values that were computed")
    .argument("<tables...>", "Parquet or CSV files whose columns are features, or folders of the feature store")
    .option("--limit <correlation>", "above it, two features count once", positiveNumber, 0.98)
    .option("--rows <n>", "rows sampled of each table, about", positiveInteger, 6000)
    .action(async (paths: string[], { limit, rows, ...options }: OverlapOptions) => {
      const { terminal } = context.open(options);
      const samples: NumberSample[] = [];
      for (const path of paths) {
        terminal.progress("reading tables", samples.length / paths.length);
        samples.push(await sampleNumbers(path, (name) => features.has(name), rows));
      }
      terminal.settle();
      // In the registry's order: the earlier feature is the one that counts.
      const order = [...features.keys()].filter((name) => samples.some(({ names }) => names.includes(name)));
      const { measured, ...count } = countDistinct(order, samples, limit);
      const tables = paths.map((table, t) => ({
        table,
        rows: samples[t]?.columns[0]?.length ?? 0,
        of: samples[t]?.of ?? 0,
        features: samples[t]?.names.length ?? 0,
        measured: measured[t] ?? 0,
      }));
      for (const { feature, like, correlation, table } of count.redundant)
        terminal.say(`${feature.padEnd(34)} like ${like} (${correlation.toFixed(4)} in ${paths[table]})`);
      for (const { table, rows: taken, of, features: there, measured: known } of tables)
        terminal.say(`${table}: ${known} of ${there} features vary over ${taken} of ${of} rows.`);
      const { distinct, redundant, unknown } = count;
      terminal.say(
        `${order.length} features: ${distinct.length} distinct, ${redundant.length} redundant, ${unknown.length} of which nothing can be said here.`,
      );
      terminal.result({ limit, tables, ...count });
    });
}
