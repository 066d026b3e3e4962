// `truewind splits FILE`
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { readExperiment } from "../config/experiment.js";
import { type DrawnSplits, drawSplits } from "../splits/draw-splits.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { interruptible } from "./terminal.js";
import { writePicture } from "./write-picture.js";

interface SplitsOptions extends CommonOptions {
  readonly groups?: string;
  readonly tested?: string;
  readonly out?: string;
}

export function addSplits(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("splits"))
    .description("show how an experiment's samples are split into training, purged, embargo and test, and draw it")
    .argument("<file>", "experiment (YAML)")
    .option("--groups <n>", "instead of walking forward: purged cross-validation over so many groups")
    .option("--tested <k>", "groups tested together: above 1, the combinatorial kind (default: 1)")
    .option("--out <file>", "write the picture there (SVG)")
    .action(async (file: string, options: SplitsOptions) => {
      const { workspace, terminal } = context.open(options);
      const groups = wholeOf("--groups", options.groups);
      const tested = wholeOf("--tested", options.tested);
      if (groups === null && tested !== null)
        throw new TruewindError("bad-usage", "--tested says how many groups are tested together: say how many there are by --groups.");
      const drawn = await drawSplits(readExperiment(file), {
        workspace,
        onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
        signal: interruptible(),
        combinatorial: groups === null ? null : { groups, tested: tested ?? 1 },
      });
      terminal.settle();
      for (const line of splitLines(drawn)) terminal.say(line);
      if (options.out !== undefined) {
        writePicture(options.out, drawn.picture);
        terminal.say();
        terminal.say(`Look at it: ${options.out}`);
      }
      const { picture: _, ...result } = drawn;
      terminal.result({ ...result, picture: options.out ?? null });
    });
}

/** Null where it was not given. */
function wholeOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000)
    throw new TruewindError("bad-usage", `${option} must be a whole number from 1 to 10000, not "${text}".`);
  return value;
}

function splitLines({ splits, paths }: DrawnSplits): readonly string[] {
  const width = Math.max(5, ...splits.map(({ name }) => name.length)) + 2;
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(width)}${cells.map((cell) => cell.padStart(12)).join("")}`;
  return [
    `${line("SPLIT", ["TRAIN", "PURGED", "EMBARGO", "TEST"])}  TESTED`,
    ...splits.map(({ name, samples, spans }) => {
      const tests = spans.filter(({ use }) => use === "test").map(({ from, to }) => `${from} to ${to}`);
      const counts = [samples.train, samples.purged, samples.embargo, samples.test].map((count) => count.toLocaleString("en"));
      return `${line(name, counts)}  ${tests.join(", ")}`;
    }),
    "Samples with a label. PURGED: the label overlaps with the test; EMBARGO: it does not, but ends or begins too near.",
    ...(paths > 1 ? [`The tests make ${paths} paths; each tests every decision once.`] : []),
  ];
}
