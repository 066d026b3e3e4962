// `truewind drill`
import type { Command } from "commander";
import { defaultRisk } from "../config/risk-limits.js";
import { performDrill } from "../drill/perform-drill.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

interface DrillOptions extends CommonOptions {
  readonly risk?: string;
}

const MARKS = { ok: "ok  ", failed: "FAIL", skipped: "-   " } as const;

export function addDrill(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("drill"))
    .description(
      "before going live: trips each breaker, the emergency stop, a crash and a reconnect on the simulated venue; fails unless all hold",
    )
    .option("--risk <file>", "breakers of this file (default: the workspace's risk_limits.yaml, else those that ship)")
    .action(async (options: DrillOptions) => {
      const { workspace, terminal } = context.open(options);
      const risk = defaultRisk(workspace, options.risk);
      const report = await performDrill({
        risk,
        program: [process.execPath, process.argv[1] as string],
        onProgress: (step, done) => terminal.progress(step, done),
      });
      terminal.settle();
      terminal.say(`DRILL of ${report.risk.profile}, limits ${report.risk.hash.slice(0, 12)}`);
      for (const { name, state, said, hash } of report.steps)
        terminal.say(`  ${MARKS[state]} ${name.padEnd(16)} ${hash === null ? "".padEnd(12) : hash.slice(0, 12)}  ${said}`);
      const counted = report.steps.filter(({ state }) => state === "ok").length;
      terminal.say(
        report.passed
          ? `PASSED: ${counted} of ${report.steps.length}, checklist ${report.hash.slice(0, 12)}`
          : "FAILED: do not trade with this installation and these limits.",
      );
      terminal.result(report);
      if (!report.passed) process.exitCode = 1;
    });
}
