// What every block of a net is given while its graph is built.
import { Graph, type Purpose } from "#models/tensor/graph.js";
import { bindParameters, collectParameters, type ParameterSpec, type Scope } from "#models/tensor/parameters.js";
import type { Tensor } from "#models/tensor/tensor.js";

/**
 * `train`: with dropout, batch statistics and gradients. `evaluate`: the loss on samples that are not learned from, with running
 * statistics; parameters are inputs, so that one session serves all epochs. `infer`: the file that is kept, parameters inside.
 */
export type Mode = "train" | "evaluate" | "infer";

/** The statistics of one batch, from which the trainer moves the running ones of the same names. */
export interface BatchStatistic {
  /** Name of the buffer. */
  readonly name: string;
  readonly value: Tensor;
  /** Rows that it was taken over. */
  readonly rows: number;
}

export interface Build {
  readonly g: Graph;
  readonly mode: Mode;
  readonly scope: Scope;
  /** What training moves but gradients do not: running means and variances. */
  readonly buffers: Scope;
  /** Filled while training by layers that keep running statistics. */
  readonly statistics: BatchStatistic[];
  /** Weights of attention and the like, by name, for those who want to look inside. */
  readonly readouts: Map<string, Tensor>;
}

/** The same build for a part of the net: its parameters get longer names. */
export function within(build: Build, name: string): Build {
  return { ...build, scope: build.scope.at(name), buffers: build.buffers.at(name) };
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
      describe({ g, mode: "train", scope, buffers: bufferScope, statistics: [], readouts: new Map() });
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
  const bound = bindParameters(g, specs.parameters, values?.parameters ?? null);
  const buffers = mode === "train" ? null : bindParameters(g, specs.buffers, values?.buffers ?? null);
  const build: Build = {
    g,
    mode,
    scope: bound.scope,
    // While training nobody reads a buffer: the batch's own statistics are used.
    buffers: buffers?.scope ?? bound.scope,
    statistics: [],
    readouts: new Map(),
  };
  return { build, parameters: bound.tensors };
}
