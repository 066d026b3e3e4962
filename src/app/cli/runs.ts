// `truewind runs`
import type { Command } from "commander";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { formatMicros } from "#domain/time.js";
import type { RunRecord } from "#ports/store.js";
import { counted } from "../report/number-format.js";
import { settleRuns } from "../runs/lock.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

export function addRuns(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("runs"))
    .description("list all runs, newest first, and how many experiments were tried on each dataset")
    .action(async (options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const state = await openStateDatabase(workspace.stateDb);
      try {
        const runs = [...(await settleRuns(workspace, state.runs))].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1));
        const trials: Record<string, number> = {};
        for (const id of new Set(runs.map((run) => run.lineage))) trials[id] = await state.trials.distinctTrials(id);
        if (runs.length === 0) terminal.say("No runs yet. Start with: truewind demo");
        else for (const line of [row("STARTED (UTC)", "MODE", "STATE", "VERDICT", "RUN"), ...runs.map(describe)]) terminal.say(line);
        if (runs.length > 0) terminal.say();
        for (const [id, count] of Object.entries(trials))
          terminal.say(
            `Data ${id.slice(0, 12)}: ${counted(count, "different experiment")} tried. A verdict counts those tried before it; \`truewind report\` counts them all.`,
          );
        terminal.result({ runs, trials });
      } finally {
        await state.close();
      }
    });
}

function describe({ startedAt, mode, state, verdict, id }: RunRecord): string {
  return row(formatMicros(startedAt).slice(0, 16).replace("T", " "), mode, state, verdict ?? "-", id);
}

function row(when: string, mode: string, state: string, verdict: string, id: string): string {
  return `${when.padEnd(16)}  ${mode.padEnd(8)}  ${state.padEnd(11)}  ${verdict.padEnd(19)}  ${id}`;
}
