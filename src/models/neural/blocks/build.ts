// What every block of a net is given while its graph is built.
import { TruewindError } from "#base/errors.js";
import { Graph, type Purpose } from "#models/tensor/graph.js";
import { bindParameters, collectParameters, type ParameterSpec, type Scope } from "#models/tensor/parameters.js";
import type { Shape, Tensor } from "#models/tensor/tensor.js";

/**
 * `train`: with dropout, batch statistics and gradients. `evaluate`: the loss on samples that are not learned from, with running
 * statistics; parameters are inputs, so that one session serves all epochs. `infer`: the file that is kept, parameters inside.
 */
export type Mode = "train" | "evaluate" | "infer";

/** What one batch says of a buffer: the trainer moves the buffer of that name a tenth of the way to it after each step. */
export interface BatchStatistic {
  /** Name of the buffer. */
  readonly name: string;
  readonly value: Tensor;
}

/** What a recurrent layer hands from one step to the next while a net is fed step by step. */
export interface CarriedState {
  readonly before: Tensor;
  readonly after: Tensor;
}

export interface Build {
  readonly g: Graph;
  readonly mode: Mode;
  /** Name of the part of the net that is being built, with a dot behind it; empty for the whole. */
  readonly path: string;
  readonly scope: Scope;
  /** What training moves but gradients do not: running means and variances. While training they have a name and no value. */
  readonly buffers: Scope;
  /** Filled while training by layers that keep running statistics. */
  readonly statistics: BatchStatistic[];
  /** Weights of attention and the like, by name, for those who want to look inside. */
  readonly readouts: Map<string, Tensor>;
  /** Filled by recurrent layers while a net is built that is fed one step at a time; null where it sees its whole window. */
  readonly carried: CarriedState[] | null;
}

/**
 * State of a recurrent layer before its first step: an input of its own where the net is fed step by step, else undefined, which stands
 * for zeros. Who asks for it calls `carry` with the state behind its last step.
 */
export function stateBefore({ g, path, carried }: Build, name: string, shape: Shape): Tensor | undefined {
  return carried === null ? undefined : g.input(`state.${path}${name}`, shape);
}

/** Hands the state over to the next step. Does nothing where the net sees its whole window. */
export function carry({ carried }: Build, before: Tensor | undefined, after: Tensor | null): void {
  if (before !== undefined && after !== null) carried?.push({ before, after });
}

/** The same build for a part of the net: its parameters get longer names. */
export function within(build: Build, name: string): Build {
  return { ...build, path: `${build.path}${name}.`, scope: build.scope.at(name), buffers: build.buffers.at(name) };
}

/** For nets whose blocks do not fit the features that they are given, which only shows when the features are known. */
export function badNet({ path }: Build, problem: string): TruewindError {
  return new TruewindError("bad-config", `The net cannot be built at block ${path.slice(0, -1)}: ${problem}.`);
}

export interface Values {
  readonly parameters: Float32Array;
  readonly buffers: Float32Array;
}

export interface Specs {
  readonly parameters: readonly ParameterSpec[];
  readonly buffers: readonly ParameterSpec[];
}

/** Which parameters and buffers a net has: found by building it once, for nothing. */
export function collectSpecs(describe: (build: Build) => void): Specs {
  let buffers: readonly ParameterSpec[] = [];
  const parameters = collectParameters((g, scope) => {
    buffers = collectParameters((_, bufferScope) => {
      describe({ g, mode: "train", path: "", scope, buffers: bufferScope, statistics: [], readouts: new Map(), carried: null });
    });
  });
  return { parameters, buffers };
}

/** A graph with the net's parameters and buffers in it: as inputs, or as the given values. */
export function openBuild(
  mode: Mode,
  specs: Specs,
  values: Values | null,
): { readonly build: Build; readonly parameters: readonly Tensor[] } {
  const purpose: Purpose = mode === "infer" ? "inference" : "training";
  const g = new Graph(purpose);
  const { scope, tensors } = bindParameters(g, specs.parameters, values?.parameters ?? null);
  // While training nobody reads a buffer, since the batch's own statistics are used: the graph does not ask for them.
  const holder = mode === "train" ? new Graph(purpose) : g;
  const buffers = bindParameters(holder, specs.buffers, values?.buffers ?? null).scope;
  return { build: { g, mode, path: "", scope, buffers, statistics: [], readouts: new Map(), carried: null }, parameters: tensors };
}
