// `truewind names DATASET [NAME...]`: the way back from anonymized names, with the workspace's key. The only place that shows both.
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { keyFile } from "../names/key-file.js";
import { knownNames } from "../names/open-names.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

export function addNames(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("names"))
    .description("translate anonymized names of a dataset to symbols and back, with this workspace's key")
    .argument("<dataset>", "a dataset of the lake")
    .argument("[names...]", "anonymized names or symbols (default: all)")
    .action(async (name: string, asked: readonly string[], options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const dataset = await openDataset(workspace.lake, name);
      const key = keyFile(workspace.names, dataset.manifest.lineage);
      const names = knownNames(workspace.names, dataset);
      if (names === null)
        throw new TruewindError(
          "bad-key",
          `This workspace has no key of names for dataset ${name}: the first experiment on it makes one; for runs made elsewhere, copy theirs to ${key}.`,
        );
      const wanted = asked.length > 0 ? asked : dataset.manifest.instruments.map(({ id }) => id as string);
      const found = wanted.map((one) => ({ symbol: names.symbolOf(one) ?? one, name: names.aliasOf(one) ?? one }));
      const unknown = found.filter(({ symbol, name: alias }) => symbol === alias).map(({ symbol }) => symbol);
      if (unknown.length > 0)
        throw new TruewindError(
          "bad-usage",
          `The key of names for dataset ${name} knows no ${unknown.slice(0, 10).join(", ")}${unknown.length > 10 ? ", ..." : ""}.`,
        );
      const width = Math.max("SYMBOL".length, ...found.map(({ symbol }) => symbol.length));
      terminal.say(`${"SYMBOL".padEnd(width)}  NAME`);
      for (const { symbol, name: alias } of found) terminal.say(`${symbol.padEnd(width)}  ${alias}`);
      terminal.result({ key, id: names.id, names: found });
    });
}
