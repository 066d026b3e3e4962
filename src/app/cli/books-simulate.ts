// `truewind books simulate`: a strategy at a simulated venue on a recording of a whole book.
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { interruptible } from "./terminal.js";
import { parentLines } from "../matching/parent-lines.js";
import { type ParentsResult, simulateParents } from "../matching/simulate-parents.js";
import { type SimulatedFill, type SimulationResult, simulateRecording } from "../matching/simulate-recording.js";
import { readSimulation, type Simulation } from "../matching/simulation-file.js";
import { simulationLines } from "../matching/simulation-lines.js";

interface SimulateOptions extends CommonOptions {
  readonly fills?: string;
}

export function addSimulate(books: Command, context: CommandContext): void {
  withCommonOptions(books.command("simulate"))
    .description("trade a recording: queue positions, latencies, fees; fills and what was assumed")
    .argument("<file>", "YAML: recording, instrument, venue, strategy (docs/guide/book-venue.md)")
    .option("--fills <file>", "write the fills there, as CSV")
    .action(async (file: string, { fills, ...options }: SimulateOptions) => {
      const { terminal } = context.open(options);
      const simulation = readSimulation(file);
      const { result, lines } = await simulated(simulation);
      if (fills !== undefined) await writeFile(fills, csvOf(result.fills));
      for (const line of lines) terminal.say(line);
      terminal.result(result);
    });
}

async function simulated(simulation: Simulation): Promise<{ result: SimulationResult | ParentsResult; lines: readonly string[] }> {
  const { strategy } = simulation;
  if ("parent" in strategy) {
    const result = await simulateParents(simulation, strategy.parent, interruptible());
    return { result, lines: parentLines(result) };
  }
  const result = await simulateRecording({ ...simulation, strategy }, interruptible());
  return { result, lines: simulationLines(result) };
}

function csvOf(fills: readonly SimulatedFill[]): string {
  const lines = fills.map(({ at, order, side, price, size, fee }) => [at, order, side, price, size, fee].join(","));
  return `${["at,order,side,price,size,fee", ...lines].join("\n")}\n`;
}
