// `truewind control FILE`
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { TruewindError } from "#base/errors.js";
import { type NullKind, NULL_KINDS, nullKinds } from "#research/controls/null-kind.js";
import { readMaybeTuned } from "../config/tuning.js";
import { CONTROL_FILE, CONTROL_PAGE } from "../control/control-folder.js";
import { controlLines } from "../control/control-lines.js";
import { performControl } from "../control/perform-control.js";
import { deviceOption, type DeviceOption, settleDevice } from "../devices/choose.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { interruptible } from "./terminal.js";

interface ControlCommand extends CommonOptions, DeviceOption {
  readonly draws: number;
  readonly planted: number;
  readonly sizes: readonly number[];
  readonly diagnostics?: boolean;
  readonly threads?: number;
  readonly requirePass?: boolean;
}

/** Ordered as tables list them. */
const EVIDENCE = nullKinds.filter((kind) => NULL_KINDS[kind].evidence);
const MOST_DRAWS = 10_000;

export function addControl(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("control"))
    .description("run the whole experiment on markets without an edge and on markets with a known one; an interrupted control goes on")
    .argument("<file>", "experiment (YAML); with a section `tuning` the search is repeated on every market")
    .option("--draws <n>", "markets without an edge, of each kind", count(0), 20)
    .option("--planted <n>", "markets of each planted size", count(0), 10)
    .option("--sizes <list>", "planted sizes: information coefficients from one session to the next", sizes, [0.01, 0.02, 0.04])
    .option("--diagnostics", "also those kinds of null that keep a part of what may be found; they are no part of the gate")
    .option("--threads <n>", "repetitions at a time (default: as many as there are processors)", count(1))
    .addOption(deviceOption())
    .addOption(new Option("--require-pass", "exit with 3 unless the gate opens"))
    .action(async (file: string, options: ControlCommand) => {
      const { workspace, terminal } = context.open(options);
      const { experiment, tuning } = readMaybeTuned(file);
      await settleDevice(options);
      const kinds: readonly NullKind[] = options.diagnostics === true ? nullKinds : EVIDENCE;
      const { folder, result } = await performControl(experiment, {
        workspace,
        kinds,
        draws: options.draws,
        sizes: options.sizes,
        plantedDraws: options.planted,
        threads: options.threads,
        onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
        signal: interruptible(),
        tuning,
        command: `truewind ${tuning === null ? "backtest" : "tune"} ${file}`,
      });
      terminal.settle();
      for (const line of controlLines(result)) terminal.say(line);
      terminal.say();
      terminal.say(`Look at it: ${folder.file(CONTROL_PAGE)}`);
      const { nulls, power, detectable, gate, real, run } = result;
      const kept = { page: folder.file(CONTROL_PAGE), result: folder.file(CONTROL_FILE) };
      terminal.result({
        run,
        gate,
        real,
        nulls: nulls.map(({ repetitions: _, proof, ...rest }) => ({ ...rest, proof: { holds: proof.holds, because: proof.because } })),
        power,
        detectable,
        ...kept,
      });
      const closed = gate.checks.find(({ passes }) => !passes);
      if (options.requirePass === true && !gate.passes)
        throw new TruewindError("gate-closed", `The control gate is closed: ${closed?.because ?? "no null was run."}`);
    });
}

function count(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= MOST_DRAWS) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${MOST_DRAWS}.`);
  };
}

function sizes(text: string): readonly number[] {
  const values = text.split(",").map(Number);
  if (values.every((value) => value > 0 && value <= 1)) return [...new Set(values)].sort((a, b) => a - b);
  throw new InvalidArgumentError("Give numbers above 0 and up to 1, with commas: 0.01,0.02,0.04.");
}
