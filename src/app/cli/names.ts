// `truewind names DATASET [NAME...]`: the only command that shows symbols and their anonymized names side by side.
import type { Command } from "commander";
import { readNames } from "../names/read-names.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

export function addNames(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("names"))
    .description("translate anonymized names of a dataset to symbols and back, with this workspace's key")
    .argument("<dataset>", "a dataset of the lake")
    .argument("[names...]", "anonymized names or symbols (default: all)")
    .action(async (dataset: string, asked: readonly string[], options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const read = await readNames(workspace, dataset, asked);
      const width = Math.max("SYMBOL".length, ...read.names.map(({ symbol }) => symbol.length));
      terminal.say(`${"SYMBOL".padEnd(width)}  NAME`);
      for (const { symbol, name } of read.names) terminal.say(`${symbol.padEnd(width)}  ${name}`);
      terminal.result(read);
    });
}
