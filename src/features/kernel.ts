// What every kernel is: a loop over instruments, on columns, that makes one step's value at each row's current bar.
// Values live in rings `[slot][instrument]`, slot = bar index & mask; the bar index is absolute and per instrument.

/** Rows are distinct instruments. */
export interface Kernel {
  run(rows: Int32Array, n: number): void;
}

/** What all kernels of a plan share. */
export interface Shape {
  /** Number of instruments: the length of a slot. */
  readonly width: number;
  /** Absolute index of each instrument's current bar; -1 before the first. */
  readonly bar: Int32Array;
}

/** Where an operand is read. */
export interface Lane {
  readonly ring: Float64Array;
  /** Slots - 1; the number of slots is a power of two. */
  readonly mask: number;
  /** Bars back. */
  readonly lag: number;
}

/** Smallest power of two that holds the current bar and `history` bars before it. */
export function ringSlots(history: number): number {
  let slots = 1;
  while (slots < history + 1) slots *= 2;
  return slots;
}

/** A kernel with its method taken out beforehand: looking it up among many classes at each call costs as much as the work. */
export interface BoundKernel {
  readonly kernel: Kernel;
  readonly run: (this: Kernel, rows: Int32Array, n: number) => void;
}

export function bindKernel(kernel: Kernel): BoundKernel {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- runAll calls it on its own kernel
  return { kernel, run: kernel.run };
}

export function runAll(kernels: readonly BoundKernel[], rows: Int32Array, n: number): void {
  for (let k = 0; k < kernels.length; k++) {
    const { kernel, run } = kernels[k] as BoundKernel;
    run.call(kernel, rows, n);
  }
}
