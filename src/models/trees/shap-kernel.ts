// The compiled kernel of shap-kernel.as.ts and the memory that it works in. There is one for the whole thread: every explainer brings its trees
// in when it is asked, so that explainers come and go without memory of their own.
import { TruewindError } from "#base/errors.js";
import { KERNELS } from "./shap-kernel-wasm.js";

interface Kernel {
  explain(heads: number, trees: number, rows: number, x: number, xBytes: number, phi: number, phiBytes: number, work: number): void;
  interact(heads: number, trees: number, x: number, columns: number, out: number, work: number): void;
}

const PAGE = 65_536;

interface Arena {
  readonly kernel: Kernel;
  readonly memory: WebAssembly.Memory;
  /** What lies at `START`, so that nobody brings it in twice. */
  holds: object | null;
}

/** Address of what an explainer brings in. */
export const START = 1024;

let arena: Arena | null = null;

/** With room for so many bytes from address 0 on. Throws `out-of-memory`. */
export function openArena(bytes: number): Arena {
  if (arena === null) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
    const module = new WebAssembly.Module(Buffer.from(KERNELS, "base64"));
    const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
    arena = { kernel, memory, holds: null };
  }
  const missing = bytes - arena.memory.buffer.byteLength;
  if (missing <= 0) return arena;
  try {
    arena.memory.grow(Math.ceil(missing / PAGE));
  } catch (cause) {
    const size = `${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MiB`;
    throw new TruewindError(
      "out-of-memory",
      `Explaining these trees takes ${size} at once, which are not there: ask with fewer features.`,
      {
        cause,
      },
    );
  }
  return arena;
}
