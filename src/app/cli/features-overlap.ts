// `truewind features overlap`: which features of computed tables say the same.
import type { Command } from "commander";
import { sampleNumbers } from "#data/vectors/sample.js";
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
    .description("find features that say the same, by rank correlation over tables that were computed (Parquet or CSV)")
    .argument("<tables...>", "files whose columns are features")
    .option("--limit <correlation>", "above it, two features count once", positiveNumber, 0.98)
    .option("--rows <n>", "rows sampled of each table, at most", positiveInteger, 6000)
    .action(async (tables: string[], { limit, rows, ...options }: OverlapOptions) => {
      const { terminal } = context.open(options);
      const found = [];
      for (const table of tables) {
        const sample = await sampleNumbers(table, (name) => features.has(name), rows);
        // In the registry's order: the earlier feature is the one that counts.
        const order = [...features.keys()].filter((name) => sample.names.includes(name));
        const columns = order.map((name) => sample.columns[sample.names.indexOf(name)] as Float64Array);
        const count = countDistinct(order, columns, limit);
        found.push({ table, rows: columns[0]?.length ?? 0, of: sample.of, ...count });
        for (const { feature, like, correlation } of count.redundant)
          terminal.say(`${feature.padEnd(34)} like ${like} (${correlation.toFixed(4)})`);
        terminal.say(
          `${table}: ${order.length} features over ${columns[0]?.length ?? 0} of ${sample.of} rows; ${count.distinct.length} distinct, ${count.redundant.length} redundant, ${count.unknown.length} unknown there.`,
        );
      }
      terminal.result(found);
    });
}
