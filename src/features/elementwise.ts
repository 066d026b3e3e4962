// Kernels without memory: one value from values of the same instrument.
import type { Kernel, Lane, Shape } from "./kernel.js";
import type { BinaryFn, UnaryFn } from "./node.js";

export class Unary implements Kernel {
  private readonly width: number;
  private readonly bar: Int32Array;
  private readonly x: Float64Array;
  private readonly xMask: number;
  private readonly xLag: number;
  private readonly out: Float64Array;
  private readonly outMask: number;

  constructor(
    private readonly fn: UnaryFn,
    x: Lane,
    out: Lane,
    shape: Shape,
  ) {
    this.width = shape.width;
    this.bar = shape.bar;
    this.x = x.ring;
    this.xMask = x.mask;
    this.xLag = x.lag;
    this.out = out.ring;
    this.outMask = out.mask;
  }

  run(rows: Int32Array, n: number): void {
    const { fn, width, bar, x, xMask, xLag, out, outMask } = this;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const v = x[Math.imul((t - xLag) & xMask, width) + i] as number;
      let r: number;
      if (fn === "abs") r = Math.abs(v);
      else if (fn === "neg") r = -v;
      else if (fn === "log") r = v > 0 ? Math.log(v) : Number.NaN;
      else if (fn === "sqrt") r = Math.sqrt(v);
      else r = v > 0 ? 1 : v < 0 ? -1 : v;
      out[Math.imul(t & outMask, width) + i] = r;
    }
  }
}

/** The shared part of the two-operand kernels; one class per function keeps each inner loop free of choices. */
abstract class Binary {
  protected readonly width: number;
  protected readonly bar: Int32Array;
  protected readonly x: Float64Array;
  protected readonly xMask: number;
  protected readonly xLag: number;
  protected readonly y: Float64Array;
  protected readonly yMask: number;
  protected readonly yLag: number;
  protected readonly out: Float64Array;
  protected readonly outMask: number;

  constructor(x: Lane, y: Lane, out: Lane, shape: Shape) {
    this.width = shape.width;
    this.bar = shape.bar;
    this.x = x.ring;
    this.xMask = x.mask;
    this.xLag = x.lag;
    this.y = y.ring;
    this.yMask = y.mask;
    this.yLag = y.lag;
    this.out = out.ring;
    this.outMask = out.mask;
  }
}

/** `add` and, with `scale` -1, `sub`. */
class Add extends Binary implements Kernel {
  constructor(
    x: Lane,
    y: Lane,
    out: Lane,
    shape: Shape,
    private readonly scale: number,
  ) {
    super(x, y, out, shape);
  }

  run(rows: Int32Array, n: number): void {
    const { width, bar, x, xMask, xLag, y, yMask, yLag, out, outMask, scale } = this;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const a = x[Math.imul((t - xLag) & xMask, width) + i] as number;
      const b = y[Math.imul((t - yLag) & yMask, width) + i] as number;
      out[Math.imul(t & outMask, width) + i] = a + scale * b;
    }
  }
}

class Multiply extends Binary implements Kernel {
  run(rows: Int32Array, n: number): void {
    const { width, bar, x, xMask, xLag, y, yMask, yLag, out, outMask } = this;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const a = x[Math.imul((t - xLag) & xMask, width) + i] as number;
      const b = y[Math.imul((t - yLag) & yMask, width) + i] as number;
      out[Math.imul(t & outMask, width) + i] = a * b;
    }
  }
}

class Divide extends Binary implements Kernel {
  run(rows: Int32Array, n: number): void {
    const { width, bar, x, xMask, xLag, y, yMask, yLag, out, outMask } = this;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const a = x[Math.imul((t - xLag) & xMask, width) + i] as number;
      const b = y[Math.imul((t - yLag) & yMask, width) + i] as number;
      out[Math.imul(t & outMask, width) + i] = b === 0 ? Number.NaN : a / b;
    }
  }
}

/** `max` and, with `sign` -1, `min`: NaN when a side is NaN. */
class Extreme extends Binary implements Kernel {
  constructor(
    x: Lane,
    y: Lane,
    out: Lane,
    shape: Shape,
    private readonly sign: number,
  ) {
    super(x, y, out, shape);
  }

  run(rows: Int32Array, n: number): void {
    const { width, bar, x, xMask, xLag, y, yMask, yLag, out, outMask, sign } = this;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const a = x[Math.imul((t - xLag) & xMask, width) + i] as number;
      const b = y[Math.imul((t - yLag) & yMask, width) + i] as number;
      out[Math.imul(t & outMask, width) + i] = sign * Math.max(sign * a, sign * b);
    }
  }
}

class Greater extends Binary implements Kernel {
  run(rows: Int32Array, n: number): void {
    const { width, bar, x, xMask, xLag, y, yMask, yLag, out, outMask } = this;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const a = x[Math.imul((t - xLag) & xMask, width) + i] as number;
      const b = y[Math.imul((t - yLag) & yMask, width) + i] as number;
      out[Math.imul(t & outMask, width) + i] = a > b ? 1 : a <= b ? 0 : Number.NaN;
    }
  }
}

export function createBinary(fn: BinaryFn, x: Lane, y: Lane, out: Lane, shape: Shape): Kernel {
  switch (fn) {
    case "add":
      return new Add(x, y, out, shape, 1);
    case "sub":
      return new Add(x, y, out, shape, -1);
    case "mul":
      return new Multiply(x, y, out, shape);
    case "div":
      return new Divide(x, y, out, shape);
    case "max":
      return new Extreme(x, y, out, shape, 1);
    case "min":
      return new Extreme(x, y, out, shape, -1);
    case "gt":
      return new Greater(x, y, out, shape);
    default:
      return fn satisfies never;
  }
}

export class Where implements Kernel {
  constructor(
    private readonly condition: Lane,
    private readonly x: Lane,
    private readonly y: Lane,
    private readonly out: Lane,
    private readonly shape: Shape,
  ) {}

  run(rows: Int32Array, n: number): void {
    const { condition, x, y, out } = this;
    const { width, bar } = this.shape;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const c = condition.ring[Math.imul((t - condition.lag) & condition.mask, width) + i] as number;
      const chosen = c > 0 ? x : y;
      const v = chosen.ring[Math.imul((t - chosen.lag) & chosen.mask, width) + i] as number;
      out.ring[Math.imul(t & out.mask, width) + i] = Number.isNaN(c) ? Number.NaN : v;
    }
  }
}
