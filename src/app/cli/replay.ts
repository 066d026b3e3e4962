// `truewind replay RUN`
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import type { SessionDifference } from "../runs/perform-replay.js";
import { performDifference, performReplay } from "../runs/perform-replay.js";
import { findRunFolder } from "../runs/run-folder.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import type { Terminal } from "./terminal.js";

interface ReplayOptions extends CommonOptions {
  readonly against?: "backtest";
}

export function addReplay(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("replay"))
    .description("repeat a journal; fails unless every order is identical")
    .argument("<run>", "id of a run or the beginning of one, its folder, or a journal")
    .addOption(
      new Option(
        "--against <what>",
        "instead: why a paper session ended elsewhere than a backtest of its days: limits, data, latency, fills, costs",
      ).choices(["backtest"]),
    )
    .action(async (run: string, options: ReplayOptions) => {
      const { workspace, terminal } = context.open(options);
      const path = existsSync(run) ? run : findRunFolder(workspace, run).path;
      const progress = (step: string, done: number): void => terminal.progress(step, done);
      if (options.against !== undefined) {
        const found = await performDifference(path, workspace, progress);
        terminal.settle();
        showDifference(found, terminal);
        const { header, ...figures } = found;
        return terminal.result({ run: header.run, unit: "cents", ...figures });
      }
      const report = await performReplay(path, workspace, progress);
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

function showDifference(found: SessionDifference, terminal: Terminal): void {
  const { header, currency, backtest, paper, total } = found;
  const amount = (cents: number): string =>
    (cents / 100).toLocaleString("en", { minimumFractionDigits: 2 }).replace("-", "\u2212").padStart(18);
  terminal.say(`${header.run} beside a backtest of the same days, ${currency}`);
  terminal.say();
  terminal.say(`  ${"Backtest".padEnd(10)}${amount(backtest)}`);
  for (const [name, what] of [
    ["limits", "limits and breakers of the session that are not the backtest's"],
    ["data", "other bars or actions, or other moments at which they came"],
    ["latency", "how late orders reached the venue"],
    ["fills", "prices and sizes of fills, halts"],
    ["costs", "fees, interest, borrowing"],
  ] as const)
    terminal.say(`  ${name.padEnd(10)}${amount(found[name])}  ${what}`);
  terminal.say(`  ${"Paper".padEnd(10)}${amount(paper)}`);
  terminal.say();
  terminal.say(
    total === 0 && found.sameOrders
      ? "They are the same to the cent, with the same orders."
      : `The parts add up to the difference of${amount(total).trimStart().padStart(1).replace(/^/, " ")} exactly; the orders are ${found.sameOrders ? "the same" : "not the same"}.`,
  );
  if (found.revised) terminal.say("The dataset has changed since the session: what its history adds counts under fills.");
}
