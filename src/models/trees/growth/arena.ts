// One thread's view of the shared memory: its numbers as arrays, and the kernels that work on it.
import { TruewindError } from "#base/errors.js";
import type { GrowthSettings } from "./growth.js";
import { type Kernels, openKernels } from "./kernels.js";
import type { Layout } from "./layout.js";

const PAGE = 65536;

/** What a thread must be given. */
export interface ArenaSetup {
  readonly layout: Layout;
  readonly settings: GrowthSettings;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
}

export class Arena {
  readonly layout: Layout;
  readonly kernels: Kernels;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly floats: Float32Array;
  readonly doubles: Float64Array;

  constructor(readonly setup: ArenaSetup) {
    this.layout = setup.layout;
    const { buffer } = setup.memory;
    this.kernels = openKernels(setup.module, setup.memory);
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.floats = new Float32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }
}

/** Memories that growers gave back. The collector does not see their size, so fit after fit would pile them up until it comes by. */
const spares: WeakRef<WebAssembly.Memory>[] = [];
const MOST_PAGES = 65_536;

/** Memory for a layout, all zeros: one that was given back, where there is one. */
export function allocate(layout: Layout): WebAssembly.Memory {
  const pages = Math.ceil(layout.total / PAGE);
  for (let spare = spares.pop(); spare !== undefined; spare = spares.pop()) {
    const memory = spare.deref();
    if (memory === undefined) continue;
    new Uint8Array(memory.buffer, 0, Math.min(memory.buffer.byteLength, layout.total)).fill(0);
    const more = pages - memory.buffer.byteLength / PAGE;
    if (more > 0 && !grows(memory, more)) continue;
    return memory;
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: MOST_PAGES, shared: true });
  } catch (cause) {
    const size = (layout.total / 2 ** 30).toFixed(1);
    throw new TruewindError(
      "out-of-memory",
      `Growing trees takes ${size} GiB, which this machine does not give: use fewer rows or features.`,
      {
        cause,
      },
    );
  }
}

function grows(memory: WebAssembly.Memory, pages: number): boolean {
  try {
    memory.grow(pages);
    return true;
  } catch {
    return false;
  }
}

/** Nobody may use it any more. */
export function giveBack(memory: WebAssembly.Memory): void {
  spares.push(new WeakRef(memory));
}
