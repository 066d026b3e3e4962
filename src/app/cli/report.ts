// `truewind report RUN`
import type { Command } from "commander";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { adjustForTrials } from "#research/verdict/adjust-for-trials.js";
import type { Workspace } from "../config/workspace.js";
import { drawReport } from "../explain/explanation-file.js";
import type { ReportExtras } from "../report/extras.js";
import { renderTextSummary } from "../report/text-summary.js";
import { type CountedTrials, countTrials } from "../trials/count-trials.js";
import { EXTRAS_FILE, REPORT_FILE, findRunFolder, readJson, readResult, writeWhole } from "../runs/run-folder.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

/** Trials since the run count too: who went on searching has that much less to show. */
async function trialsNow(workspace: Workspace, run: string): Promise<CountedTrials> {
  const state = await openStateDatabase(workspace.stateDb);
  try {
    const record = await state.runs.get(run);
    return record === null ? { trials: 1, effective: 1 } : await countTrials(state.trials, record.lineage);
  } finally {
    await state.close();
  }
}

export function addReport(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("report"))
    .description("draw the report of a run again and print its summary")
    .argument("<run>", "id of a run, or the beginning of one")
    .action(async (id: string, options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const folder = findRunFolder(workspace, id);
      const result = readResult(folder);
      const kept = readJson(folder.file(EXTRAS_FILE)) as ReportExtras;
      const { trials, effective } = await trialsNow(workspace, folder.id);
      const extras = { ...kept, trials, effectiveTrials: effective, adjustedVerdict: adjustForTrials(result.verdict, trials, effective) };
      writeWhole(folder.file(EXTRAS_FILE), `${JSON.stringify(extras)}\n`);
      drawReport(folder, result, extras);
      for (const line of renderTextSummary(result, extras, [`Look at the report: ${folder.file(REPORT_FILE)}`])) terminal.say(line);
      terminal.result({ run: folder.id, report: folder.file(REPORT_FILE), verdict: extras.adjustedVerdict });
    });
}
