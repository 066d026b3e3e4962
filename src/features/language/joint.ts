// Operators beyond a single instrument or a plain window: recursive functions, the universe at one moment, and reference instruments.
import { TruewindError } from "#base/errors.js";
import { type FoldName, folds } from "#features/folds/table.js";
import { type AcrossName, acrosses } from "#features/statistics/across.js";
import type { PeerRole } from "./node.js";
import { Series, type Unit } from "./series.js";

/** Output `output` of a recursive function of the table (folds/table.ts). `V` is the unit that the table says. Throws `bad-config`. */
export function fold<V extends Unit>(fn: FoldName, xs: readonly Series[], params: readonly number[] = [], output = 0): Series<V> {
  const { inputs, params: names, outputs } = folds[fn];
  if (xs.length !== inputs || params.length !== names.length || output >= outputs.length) {
    throw new TruewindError(
      "bad-config",
      `The recursive function ${fn} takes ${inputs} series and ${names.length} parameters (${names.join(", ")}) and has ${outputs.length} outputs; found ${xs.length} and ${params.length}, output ${output}.`,
    );
  }
  return new Series({ op: "fold", fn, xs: xs.map(({ node }) => node), params, output });
}

/**
 * A function of `x` over all tradable instruments whose bar ended at the same moment. It is taken when the moment is over: at the first
 * bar of another moment, or at a decision.
 */
export function across(fn: AcrossName, x: Series<"ratio">, params: readonly number[] = []): Series<"ratio"> {
  return over("universe", fn, x, params);
}

/** The same over the instruments of the row's own sector; NaN when it is not known. */
export function withinSector(fn: AcrossName, x: Series<"ratio">, params: readonly number[] = []): Series<"ratio"> {
  return over("sector", fn, x, params);
}

/** `x` of the instrument that the run has named for a role, at the same moment; NaN when none was named or it has no bar then. */
export function peer(role: PeerRole, x: Series<"ratio">): Series<"ratio"> {
  return new Series({ op: "peer", role, x: x.node });
}

function over(within: "universe" | "sector", fn: AcrossName, x: Series<"ratio">, params: readonly number[]): Series<"ratio"> {
  const { params: names } = acrosses[fn];
  if (params.length !== names.length) {
    throw new TruewindError("bad-config", `${fn} takes ${names.length} parameters (${names.join(", ")}); found ${params.length}.`);
  }
  return new Series({ op: "across", fn, x: x.node, within, params });
}
