// One thread's view of the shared memory: its numbers as arrays, and the kernels that work on it.
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

export function allocate(layout: Layout): WebAssembly.Memory {
  const pages = Math.ceil(layout.total / PAGE);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
