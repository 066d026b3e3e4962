// Memory for the vectors of a training, which loops in WebAssembly and ONNX Runtime both reach: no copy lies between them.
import { invariant } from "#base/errors.js";
import { compile, type Loop } from "./loop.js";

/** Vectors begin where four float32 begin together. */
const ALIGN = 4;
const PAGE_FLOATS = 65_536 / 4;
/** WebAssembly reaches 4 GB. */
const MOST_PAGES = 65_536;

/** Runs a loop over the positions `from` to `to` of vectors of one memory. */
export type RunLoop<V extends string, N extends string> = (
  vectors: Readonly<Record<V, Float32Array>>,
  from: number,
  to: number,
  numbers: Readonly<Record<N, number>>,
) => void;

/** What is used here of the engine's interface (WebAssembly JavaScript Interface 2.0); the compiler knows that of browsers alone. */
declare const WebAssembly: {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

export class VectorMemory {
  private readonly memory: { readonly buffer: ArrayBuffer };
  private taken = 0;

  /** For `length` float32 altogether; what is never written takes no memory. Throws RangeError when there is not enough of it. */
  constructor(length: number) {
    const pages = Math.ceil(length / PAGE_FLOATS) + 1;
    try {
      this.memory = new WebAssembly.Memory({ initial: pages, maximum: Math.min(pages, MOST_PAGES) });
    } catch (cause) {
      throw new RangeError(`WebAssembly memory: allocation failed, size: ${4 * length}`, { cause });
    }
  }

  /** Zeros. */
  take(length: number): Float32Array {
    const vector = new Float32Array(this.memory.buffer, 4 * this.taken, length);
    this.taken += Math.ceil(length / ALIGN) * ALIGN;
    return vector;
  }

  compile<V extends string, N extends string>(loop: Loop<V, N>): RunLoop<V, N> {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(compile(loop)), { m: { m: this.memory } });
    const run = exports["run"] as (...values: readonly number[]) => void;
    return (vectors, from, to, numbers) => {
      const begins = loop.vectors.map((name) => {
        const vector: Float32Array = vectors[name];
        invariant(vector.buffer === this.memory.buffer && to <= vector.length, "a loop runs over vectors of its own memory");
        return vector.byteOffset + 4 * from;
      });
      const begin = begins[0] as number;
      const length = to - from;
      run(...begins, begin + 4 * (length - (length % 4)), begin + 4 * length, ...loop.numbers.map((name) => numbers[name]));
    };
  }
}
