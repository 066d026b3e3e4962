// `truewind data update SOURCE`
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { renderUpdate, updateDataset } from "#data/import/update-dataset.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { describe, locate } from "./dataset-lines.js";
import { interruptible } from "./terminal.js";

export function addDataUpdate(data: Command, context: CommandContext): void {
  withCommonOptions(data.command("update"))
    .description(
      "append the new days of a source that was imported before; says where history was revised, and exits with 3 when that was refused",
    )
    .argument("<source>", "declaration file or folder")
    .option("--as <name>", "name of the dataset in the lake")
    .option("--accept-revisions", "rewrite history where the files now tell it differently")
    .action(async (source: string, options: CommonOptions & { as?: string; acceptRevisions?: boolean }) => {
      const { workspace, terminal } = context.open(options);
      const { manifest, update } = await updateDataset(await locate(source, options.as), workspace.lake, {
        acceptRevisions: options.acceptRevisions === true,
        onProgress: ({ stage, done }) => terminal.progress(stage, done),
        signal: interruptible(),
      });
      terminal.settle();
      describe(manifest, terminal.say);
      terminal.say(renderUpdate(update).trimEnd());
      terminal.result({ name: manifest.name, id: manifest.id, rows: manifest.rows, update });
      if (update.revisedRows > 0 && !update.applied) {
        throw new TruewindError(
          "gate-closed",
          `${update.revisedRows} rows of history were revised by the source and refused: look at them, then run again with --accept-revisions.`,
        );
      }
    });
}
