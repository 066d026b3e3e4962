// `truewind runs`
import type { Command } from "commander";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { formatMicros } from "#domain/time.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

export function addRuns(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("runs"))
    .description("list all runs, newest first, and how many experiments were tried on each dataset")
    .action(async (options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const state = await openStateDatabase(workspace.stateDb);
      try {
        const runs = [...(await state.runs.list())].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1));
        const trials: Record<string, number> = {};
        for (const id of new Set(runs.map((run) => run.dataId))) trials[id] = await state.trials.distinctTrials(id);
        if (runs.length === 0) terminal.say("No runs yet. Start with: truewind demo");
        for (const run of runs) {
          const when = formatMicros(run.startedAt).slice(0, 16).replace("T", " ");
          terminal.say(`${when}  ${run.mode.padEnd(8)}  ${run.state.padEnd(11)}  ${(run.verdict ?? "").padEnd(19)}  ${run.id}`);
        }
        for (const [id, count] of Object.entries(trials)) terminal.say(`data ${id.slice(0, 12)}: ${count} different experiments tried`);
        terminal.result({ runs, trials });
      } finally {
        await state.close();
      }
    });
}
