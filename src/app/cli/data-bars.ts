// `truewind data bars NAME --every SECONDS --as NAME`
import type { Command } from "commander";
import { makeBars } from "../runs/tick-bars-dataset.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { brief, describe } from "./dataset-lines.js";
import { positiveInteger } from "./numbers.js";

export function addDataBars(data: Command, context: CommandContext): void {
  withCommonOptions(data.command("bars"))
    .description("make bars of a dataset of trades or quotes: of quotes the middle of both sides, without volume")
    .argument("<name>", "dataset of trades or quotes")
    .requiredOption("--every <seconds>", "length of a bar", positiveInteger)
    .requiredOption("--as <name>", "name of the bars in the lake")
    .action(async (name: string, { every, as, ...options }: CommonOptions & { every: number; as: string }) => {
      const { workspace, terminal } = context.open(options);
      const manifest = await makeBars(workspace, name, every, as);
      describe(manifest, terminal.say);
      terminal.result({ manifest: brief(manifest) });
    });
}
