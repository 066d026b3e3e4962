// Runs the pipeline under test, so many times and no more. A run that fails on an altered world is counted, not fatal: code may need a future.
import { TruewindError } from "#base/errors.js";
import type { LeakSubject, PipelineOutput, World } from "./subject.js";

export class Runner {
  runs = 0;
  failed = 0;
  firstFailure: string | null = null;

  constructor(
    private readonly subject: LeakSubject,
    /** How many runs there may be in all. */
    readonly most: number,
    private readonly onRun: (runs: number) => void,
    private readonly signal: AbortSignal | undefined,
  ) {}

  get left(): number {
    return this.most - this.runs;
  }

  /** On a world that must work. Throws what the pipeline throws, or `bad-config` for an output that makes no sense. */
  async must(world: World): Promise<PipelineOutput> {
    if (this.signal?.aborted === true)
      throw new TruewindError("interrupted", "Stopped while a pipeline was searched for leaks; run it again.");
    this.runs++;
    const output = await this.subject.run(world);
    checkOutput(this.subject.name, output, world.symbols.length);
    this.onRun(this.runs);
    return output;
  }

  /** Null when the pipeline could not do it. */
  async try(world: World): Promise<PipelineOutput | null> {
    try {
      return await this.must(world);
    } catch (error) {
      if (error instanceof TruewindError && error.code === "interrupted") throw error;
      this.failed++;
      this.firstFailure ??= (error instanceof Error ? error.message : String(error)).split("\n")[0] as string;
      this.onRun(this.runs);
      return null;
    }
  }
}

function checkOutput(subject: string, output: PipelineOutput, symbols: number): void {
  const { decisions, features, labels, predictions, folds, fills } = output;
  const cells = decisions.length * symbols;
  const refuse = (what: string): never => {
    throw new TruewindError("bad-config", `The pipeline ${subject} ${what}: give one value per decision and symbol, decisions ascending.`);
  };
  for (let d = 1; d < decisions.length; d++)
    if (!((decisions[d] as number) > (decisions[d - 1] as number))) refuse("has decisions out of order");
  const sized = (what: string, column: Float64Array): void => {
    if (column.length !== cells)
      refuse(`gives ${column.length} values of ${what} where ${decisions.length} decisions x ${symbols} symbols are ${cells}`);
  };
  for (const [name, column] of features) sized(`feature ${name}`, column);
  if (predictions !== null) sized("its predictions", predictions);
  if (labels !== null) for (const column of [labels.value, labels.startAt, labels.endAt]) sized("its labels", column);
  const outside = (cell: number): boolean => !(cell >= 0 && cell < cells);
  if (folds?.some(({ train, test }) => train.some(outside) || test.some(outside)) === true)
    refuse("names a cell in a fold that there is not");
  if (fills.some(({ decision, symbol }) => decisions[decision] === undefined || !(symbol >= 0 && symbol < symbols)))
    refuse("has a fill of a decision or symbol that there is not");
}
