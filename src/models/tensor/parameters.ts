// The parameters of a net: named, shaped, drawn from a seed, and kept one behind the other in a single vector.
import { invariant } from "#base/errors.js";
import type { Rng } from "#base/rng.js";
import { Graph } from "./graph.js";
import { type Shape, sizeOf, type Tensor } from "./tensor.js";

/** How a parameter begins. `uniform`: within +-bound; `fill`: one value. */
export type Initial = { readonly uniform: number } | { readonly normal: number } | { readonly fill: number };

export interface ParameterSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initial: Initial;
  /** False for gains, biases and other parameters that weight decay leaves alone. */
  readonly decays: boolean;
  /** Where it begins in the vector. */
  readonly offset: number;
  readonly size: number;
}

/** Hands parameters to the layers of a net under nested names. The same name twice is one parameter. */
export interface Scope {
  parameter(name: string, shape: Shape, initial: Initial, options?: { readonly decays?: boolean }): Tensor;
  /** The same scope under a longer name: `encoder.0.` */
  at(name: string): Scope;
}

/** All parameters that `build` asks for, in the order in which it asks. */
export function collectParameters(build: (g: Graph, scope: Scope) => void): readonly ParameterSpec[] {
  const specs = new Map<string, ParameterSpec>();
  let offset = 0;
  const g = new Graph("training");
  build(
    g,
    createScope("", (name, shape, initial, decays) => {
      const known = specs.get(name);
      if (known === undefined) {
        const size = sizeOf(shape);
        specs.set(name, { name, shape, initial, decays, offset, size });
        offset += size;
      } else invariant(sizeOf(known.shape) === sizeOf(shape), `parameter ${name} is asked for in two shapes`);
      return { name, shape, type: "float32" };
    }),
  );
  return [...specs.values()];
}

/** A scope over known parameters. Training graphs get them as inputs, inference graphs hold their values. */
export function bindParameters(
  g: Graph,
  specs: readonly ParameterSpec[],
  values: Float32Array | null,
): { readonly scope: Scope; readonly tensors: readonly Tensor[] } {
  invariant(g.purpose === "training" || values !== null, "an inference graph needs the values of its parameters");
  const tensors = specs.map(({ name, shape, offset, size }) =>
    values === null ? g.input(name, shape) : g.named(name, values.slice(offset, offset + size), shape),
  );
  const byName = new Map(specs.map(({ name }, i) => [name, tensors[i] as Tensor]));
  const scope = createScope("", (name) => {
    const tensor = byName.get(name);
    invariant(tensor !== undefined, `parameter ${name} was not there when parameters were collected`);
    return tensor;
  });
  return { scope, tensors };
}

export function parameterCount(specs: readonly ParameterSpec[]): number {
  return specs.reduce((sum, { size }) => sum + size, 0);
}

/** Starting values. Each parameter draws from a stream of its own, so that adding one leaves the others as they were. */
export function drawParameters(specs: readonly ParameterSpec[], rng: Rng): Float32Array {
  const values = new Float32Array(parameterCount(specs));
  for (const { name, initial, offset, size } of specs) {
    const own = rng.fork(name);
    for (let i = offset; i < offset + size; i++) {
      if ("fill" in initial) values[i] = initial.fill;
      else if ("uniform" in initial) values[i] = (2 * own.next() - 1) * initial.uniform;
      else values[i] = own.normal() * initial.normal;
    }
  }
  return values;
}

type Find = (name: string, shape: Shape, initial: Initial, decays: boolean) => Tensor;

function createScope(prefix: string, find: Find): Scope {
  return {
    parameter: (name, shape, initial, { decays = true } = {}) => find(prefix + name, shape, initial, decays),
    at: (name) => createScope(`${prefix}${name}.`, find),
  };
}
