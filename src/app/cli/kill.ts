// `truewind kill RUN` and `truewind approve RUN`
import { type Command, Option } from "commander";
import { TruewindError } from "#base/errors.js";
import { type BreakerName, breakerNames } from "#domain/breaker.js";
import { counted } from "../report/number-format.js";
import { type Reach, performApprove, performKill, performStage } from "../runs/emergency-stop.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

interface StopOptions extends CommonOptions {
  readonly all?: boolean;
  readonly reason: string;
}

interface KillOptions extends StopOptions {
  readonly flatten?: boolean;
}

interface ApproveOptions extends StopOptions {
  readonly by: string;
  readonly breaker?: BreakerName;
  readonly stage?: string;
}

export function addKill(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("kill"))
    .description("emergency stop: no order leaves any more, even while the session is stuck; what rests is called back")
    .argument("[run]", "a paper session, or the unique beginning of its id")
    .option("--all", "every session of the workspace, also those that have not begun")
    .option("--flatten", "sell everything, as soon as the session lives")
    // In an emergency nobody should have to find words first; they are owed when trading is opened again.
    .option("--reason <text>", "why: it is journaled", "no reason given")
    .action(async (run: string | undefined, options: KillOptions) => {
      const { workspace, terminal } = context.open(options);
      const flatten = options.flatten === true;
      const report = await performKill({ workspace, reach: reachOf(run, options), flatten, reason: options.reason });
      terminal.say(`STOPPED. No order passes any more: ${report.latch}`);
      terminal.say(
        run !== undefined && report.told.length === 0 && report.failed.length === 0
          ? "  It has not begun, and will not."
          : `  ${counted(report.told.length, "session")} will call back what rests${flatten ? " and sell everything" : ""}: ${report.told.join(", ") || "none is open"}`,
      );
      for (const failure of report.failed) terminal.say(`  ! ${failure}`);
      terminal.say("  Trading goes on only after: truewind approve");
      terminal.result({ ...report, flatten });
      if (report.failed.length > 0) process.exitCode = 1;
    });
}

export function addApprove(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("approve"))
    .description(
      "open trading again after a breaker or a kill, or step capital up: takes the name of whoever has looked, and what was found",
    )
    .argument("[run]", "a paper session, or the unique beginning of its id")
    .option("--all", "every session of the workspace")
    .requiredOption("--by <name>", "who approves: it is journaled")
    .requiredOption("--reason <text>", "why: it is journaled")
    .addOption(new Option("--breaker <name>", "only this one (default: all that are open, a kill included)").choices(breakerNames))
    .addOption(new Option("--stage <name>", "instead: let the amount of this stage be at work").conflicts("breaker"))
    .action((run: string | undefined, options: ApproveOptions) => {
      const { workspace, terminal } = context.open(options);
      const { by, reason, breaker = null, stage } = options;
      if (stage !== undefined) {
        const { told } = performStage({ workspace, reach: reachOf(run, options), by, reason, stage });
        terminal.say(`APPROVED by ${by}: stage ${stage} of ${told.join(", ") || "no open session"}.`);
        terminal.say("  Each session journals it with its next step; one that is not running does so when its command is given again.");
        terminal.result({ told, by, stage });
        return;
      }
      const report = performApprove({ workspace, reach: reachOf(run, options), by, reason, breaker });
      terminal.say(
        `APPROVED by ${by}: ${report.told.length === 0 ? "no session is open" : `${breaker ?? "all breakers"} of ${report.told.join(", ")}`}.`,
      );
      if (report.lifted) terminal.say("  The emergency stop is lifted.");
      if (report.told.length > 0)
        terminal.say("  Each session journals it with its next step; one that is not running does so when its command is given again.");
      terminal.result({ ...report, by, breaker });
    });
}

function reachOf(run: string | undefined, { all }: StopOptions): Reach {
  if ((run === undefined) === (all !== true)) throw new TruewindError("bad-usage", "Name one run, or give --all: one of the two.");
  return run === undefined ? { all: true } : { run };
}
