// Runs one kept graph again and again: its sessions are opened when they are first needed and stay open.
import { withinMemory } from "./memory.js";
import { openSession, type Session, toRuntime } from "./runtime.js";

/** Values of one output, `[row]...`, flat; `shape` holds the rows, too. */
export interface OutputValues {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Up to this many rows one thread is faster than handing work to others, unless the weights alone are more than it can read quickly. */
const FEW_ROWS = 16;
/** Bytes of a file whose weights are worth several threads for one row. */
const LARGE_FILE = 4 * 2 ** 20;
/** Rows that are computed at once: above it memory grows and speed does not. */
const CHUNK = 1024;

export class GraphRunner {
  private few: Promise<Session> | null = null;
  private many: Promise<Session> | null = null;

  constructor(
    private readonly file: Uint8Array,
    private readonly input: string,
  ) {}

  /**
   * `x`: `rows` rows, each of the shape `rowShape`. The wanted outputs, which must have a row for each row of the input. The same rows in
   * the same number give the same bits. Throws `out-of-memory`.
   */
  run(x: Float32Array, rows: number, rowShape: readonly number[], wanted: readonly string[]): Promise<ReadonlyMap<string, OutputValues>> {
    return withinMemory(`the predictions of ${rows} rows`, () => this.runWithin(x, rows, rowShape, wanted));
  }

  private async runWithin(
    x: Float32Array,
    rows: number,
    rowShape: readonly number[],
    wanted: readonly string[],
  ): Promise<ReadonlyMap<string, OutputValues>> {
    const out = new Map<string, { shape: number[]; values: Float32Array }>();
    const width = rowShape.reduce((product, size) => product * size, 1);
    const session = await this.session(rows);
    for (let start = 0; start < rows; start += CHUNK) {
      const n = Math.min(CHUNK, rows - start);
      const feed = await toRuntime({ shape: [n, ...rowShape] }, x.subarray(start * width, (start + n) * width));
      const results = await session.run({ [this.input]: feed }, Object.fromEntries(wanted.map((name) => [name, null])));
      for (const name of wanted) {
        const { dims, data } = results[name] as { dims: readonly number[]; data: Float32Array };
        const size = data.length / n;
        let whole = out.get(name);
        if (whole === undefined) {
          whole = { shape: [rows, ...dims.slice(1)], values: new Float32Array(rows * size) };
          out.set(name, whole);
        }
        whole.values.set(data, start * size);
      }
    }
    return out;
  }

  private session(rows: number): Promise<Session> {
    if (rows <= FEW_ROWS) return (this.few ??= openSession(this.file, { threads: this.file.length < LARGE_FILE ? 1 : 0 }));
    return (this.many ??= openSession(this.file, { threads: 0 }));
  }
}
