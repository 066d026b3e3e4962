// `truewind report RUN`
import type { Command } from "commander";
import type { ReportExtras } from "../report/extras.js";
import { renderReport } from "../report/report.js";
import { renderTextSummary } from "../report/text-summary.js";
import { EXTRAS_FILE, REPORT_FILE, findRunFolder, readJson, readResult, writeWhole } from "../runs/run-folder.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

export function addReport(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("report"))
    .description("draw the report of a run again and print its summary")
    .argument("<run>", "id of a run, or the beginning of one")
    .action((id: string, options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const folder = findRunFolder(workspace, id);
      const result = readResult(folder);
      const extras = readJson(folder.file(EXTRAS_FILE)) as ReportExtras;
      writeWhole(folder.file(REPORT_FILE), renderReport(result, extras));
      for (const line of renderTextSummary(result, extras, [`Look at the report: ${folder.file(REPORT_FILE)}`])) terminal.say(line);
      terminal.result({ run: folder.id, report: folder.file(REPORT_FILE), verdict: extras.adjustedVerdict });
    });
}
