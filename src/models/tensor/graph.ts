// A graph of ONNX nodes under construction, with the tape that its gradients are derived from. It computes nothing itself.
import { invariant } from "#base/errors.js";
import { type ElementType, type Shape, sizeOf, type Tensor } from "./tensor.js";

/** `number` is an integer, `number[]` a list of integers. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: Float32Array }
  | { readonly strings: readonly string[] }
  | { readonly graph: Graph };

export interface Node {
  readonly op: string;
  /** `""`: the standard operators; `ai.onnx.ml`: those of trees; `com.microsoft`: those of ONNX Runtime alone, never in an inference graph. */
  readonly domain: string;
  /** Names of tensors; `""` stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Initializer {
  readonly tensor: Tensor;
  readonly data: Float32Array | BigInt64Array;
}

/**
 * Gradients of the inputs from those of the outputs, one function per input, called only when somebody asks for that gradient. A null
 * among `d` is an output that the loss does not depend on.
 */
export type Derivative = (d: readonly (Tensor | null)[]) => readonly (() => Tensor)[];

interface TapeEntry {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly derivative: Derivative;
}

/** A mask of dropout, to be fed at each step: zero with probability `rate`, else 1 / (1 - rate). */
export interface DropoutMask {
  readonly tensor: Tensor;
  readonly rate: number;
}

/** `training`: fixed batch, saves what gradients need. `inference`: fused operators of the standard opset alone, no tape. */
export type Purpose = "training" | "inference";

interface EmitOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
  readonly type?: ElementType;
}

const SMALL_CONSTANT = 64;

export class Graph {
  readonly inputs: Tensor[] = [];
  readonly outputs: Tensor[] = [];
  readonly nodes: Node[] = [];
  readonly initializers: Initializer[] = [];
  readonly masks: DropoutMask[] = [];
  readonly tape: TapeEntry[] = [];
  private recording: boolean;
  private readonly counter: { next: number };
  private readonly small = new Map<string, Tensor>();

  constructor(
    readonly purpose: Purpose,
    /** The graph that this one is the body of: names are unique over both. */
    parent?: Graph,
  ) {
    this.recording = purpose === "training" && parent === undefined;
    this.counter = parent?.counter ?? { next: 0 };
  }

  input(name: string, shape: Shape, type: ElementType = "float32"): Tensor {
    const tensor = { name, shape, type };
    this.inputs.push(tensor);
    return tensor;
  }

  /** Gives a tensor a name under which it can be fetched. */
  output(name: string, tensor: Tensor): void {
    const named = { ...tensor, name };
    this.nodes.push({ op: "Identity", domain: "", inputs: [tensor.name], outputs: [name], attributes: {} });
    this.outputs.push(named);
  }

  /** Result of the body of a loop: told by its place, so that its name does not matter. */
  result(tensor: Tensor): void {
    const taken = this.outputs.some(({ name }) => name === tensor.name) || this.inputs.some(({ name }) => name === tensor.name);
    this.outputs.push(taken ? this.emit("Identity", [tensor], tensor.shape) : tensor);
  }

  /** A new mask of dropout, an input of its own. */
  mask(shape: Shape, rate: number): Tensor {
    const tensor = this.input(`mask_${this.masks.length}`, shape);
    this.masks.push({ tensor, rate });
    return tensor;
  }

  constant(data: Float32Array | BigInt64Array, shape: Shape): Tensor {
    invariant(data.length === sizeOf(shape), `${data.length} values for the shape [${shape.join()}]`);
    const type = data instanceof Float32Array ? "float32" : "int64";
    const key = data.length <= SMALL_CONSTANT ? `${type}[${shape.join()}]${data.join()}` : null;
    const known = key === null ? undefined : this.small.get(key);
    if (known !== undefined) return known;
    const tensor: Tensor = { name: this.name("constant"), shape, type };
    this.initializers.push({ tensor, data });
    if (key !== null) this.small.set(key, tensor);
    return tensor;
  }

  /** A constant that can be found again in the file by its name. */
  named(name: string, data: Float32Array, shape: Shape): Tensor {
    invariant(data.length === sizeOf(shape), `${data.length} values for the shape [${shape.join()}]`);
    const tensor: Tensor = { name, shape, type: "float32" };
    this.initializers.push({ tensor, data });
    return tensor;
  }

  scalar(value: number): Tensor {
    return this.constant(Float32Array.of(value), []);
  }

  integers(values: readonly number[]): Tensor {
    return this.constant(
      BigInt64Array.from(values, (value) => BigInt(value)),
      [values.length],
    );
  }

  zeros(shape: Shape): Tensor {
    return this.constant(new Float32Array(sizeOf(shape)), shape);
  }

  /** Adds a node with one output. */
  emit(op: string, inputs: readonly (Tensor | null)[], shape: Shape, options: EmitOptions = {}): Tensor {
    return this.emitMany(op, inputs, [shape], options)[0] as Tensor;
  }

  /** Adds a node with several outputs, all of one type. */
  emitMany(op: string, inputs: readonly (Tensor | null)[], shapes: readonly Shape[], options: EmitOptions = {}): readonly Tensor[] {
    const { attributes = {}, domain = "", type = "float32" } = options;
    invariant(
      domain === "" || domain === "ai.onnx.ml" || this.purpose === "training",
      `${op} is no standard operator: an inference graph cannot hold it`,
    );
    const outputs = shapes.map((shape): Tensor => ({ name: this.name(op), shape, type }));
    this.nodes.push({
      op,
      domain,
      inputs: inputs.map((tensor) => tensor?.name ?? ""),
      outputs: outputs.map((tensor) => tensor.name),
      attributes,
    });
    return outputs;
  }

  /** States the derivative of an operation beside its value. Nothing is recorded while gradients are being built. */
  record(inputs: readonly Tensor[], outputs: readonly Tensor[], derivative: Derivative): void {
    if (this.recording) this.tape.push({ inputs, outputs, derivative });
  }

  /** `record` for an operation with one output, which it returns. */
  define(output: Tensor, inputs: readonly Tensor[], derivative: (d: Tensor) => readonly (() => Tensor)[]): Tensor {
    this.record(inputs, [output], ([d]) => derivative(d as Tensor));
    return output;
  }

  /** Runs `build` without recording: what it adds has no derivative. */
  withoutTape<T>(build: () => T): T {
    const before = this.recording;
    this.recording = false;
    try {
      return build();
    } finally {
      this.recording = before;
    }
  }

  private name(kind: string): string {
    return `${kind}_${this.counter.next++}`;
  }
}
