// `truewind replay JOURNAL`
import type { Command } from "commander";
import { performReplay } from "../runs/perform-replay.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

export function addReplay(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("replay"))
    .description("repeat a journal; fails unless every order is identical")
    .argument("<journal>", "a journal, or the folder of a run")
    .action(async (path: string, options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const report = await performReplay(path, workspace, (step, done) => terminal.progress(step, done));
      terminal.settle();
      terminal.say(
        `REPLAY IDENTICAL: ${report.events} events, ${report.decisions} decisions, ${report.orders} orders of ${report.header.run}.`,
      );
      if (report.cutOff)
        terminal.say(
          "The record ends before its last decision was written: the session was cut off there. `truewind paper` takes it up again.",
        );
      terminal.result({
        identical: true,
        cutOff: report.cutOff,
        run: report.header.run,
        events: report.events,
        decisions: report.decisions,
        orders: report.orders,
        equity: report.equity,
      });
    });
}
