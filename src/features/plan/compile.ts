// From feature definitions to a running plan.
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import type { PriceBasis } from "#domain/dataset.js";
import type { Session } from "#domain/session.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { isLevel } from "#features/language/dimension.js";
import { isCross, type Node, type PeerRole } from "#features/language/node.js";
import { type Column, ColumnarPlan } from "./plan.js";
import { compileProgram } from "./program.js";
import type { Series } from "#features/language/series.js";
import { type Timeframe, timeframes } from "#features/language/timeframe.js";
import type { FeaturePlan } from "#ports/stages.js";
import { Resampler } from "./resampler.js";
import { TimeframePlan } from "./timeframe-plan.js";

/** A member of the universe has `expr >= min` at the decision. */
export interface UniverseFilter {
  readonly expr: Series;
  readonly min: number;
}

export interface PlanOptions {
  /** Number of instruments of the run; rows of every batch are numbered below it. */
  readonly instruments: number;
  /** 1 where the instrument may be in the universe. */
  readonly tradable: Uint8Array;
  /** Number of each instrument's sector, 0 and up, -1 not known; without it no instrument's sector is known. */
  readonly sector?: Int32Array;
  /** Rows of reference instruments; a feature that asks for one that is not named is NaN. */
  readonly peers?: Readonly<Partial<Record<PeerRole, number>>>;
  /** Sessions of the venue, in order, for features of the calendar; without them those that need a session are NaN. */
  readonly sessions?: readonly Session[];
  /** Bars an instrument must have shown before it is a member. */
  readonly minHistory: number;
  readonly filters: readonly UniverseFilter[];
  /** On `split` and `full`, levels would hold later splits and dividends, so level features are NaN and level filters refused. */
  readonly priceBasis: PriceBasis;
  /**
   * Absolute index of each instrument's first bar, for a plan that starts within a known history: windowed features
   * then have the same bits as if it had seen everything. Default 0.
   */
  readonly firstBar?: Int32Array;
}

/** Throws `bad-config` for duplicate names, a wrong number of tradable flags, or a level filter on adjusted data. */
export function compileFeatures(definitions: readonly FeatureDefinition[], options: PlanOptions): FeaturePlan {
  checkDefinitions(definitions, options);
  const longer = timeframes.filter((timeframe) => definitions.some((definition) => definition.timeframe === timeframe));
  if (longer.length === 0) return compileColumns(definitions, options);
  const columnsOf = (timeframe: Timeframe | null): number[] =>
    definitions.flatMap((definition, column) => (definition.timeframe === timeframe ? [column] : []));
  const pick = (columns: readonly number[]): FeatureDefinition[] => columns.map((column) => definitions[column] as FeatureDefinition);
  const tracks = longer.map((timeframe) => {
    const columns = columnsOf(timeframe);
    const resampler = new Resampler(timeframe, options.instruments, options.sessions ?? []);
    // Who is a member is decided on the bars of the run.
    return { resampler, plan: compileColumns(pick(columns), { ...options, filters: [], minHistory: 1 }), columns };
  });
  const own = columnsOf(null);
  const names = definitions.map(({ name }) => name);
  return new TimeframePlan(names, compileColumns(pick(own), options), own, tracks);
}

/** The plan of features that all use the bars as they come. */
function compileColumns(definitions: readonly FeatureDefinition[], options: PlanOptions): ColumnarPlan {
  const { instruments, tradable, minHistory, priceBasis, firstBar = null, peers = {}, sessions = [] } = options;
  const sector = options.sector ?? new Int32Array(instruments).fill(-1);
  const adjusted = priceBasis !== "raw";
  const expressions: Node[] = [];
  const columns = definitions.map((definition): Column => {
    const across = isCross(definition.expr) ? definition.expr.op : null;
    if (adjusted && definition.level) return { name: definition.name, output: null, across };
    expressions.push(isCross(definition.expr) ? definition.expr.x : definition.expr);
    return { name: definition.name, output: expressions.length - 1, across };
  });
  const filters = options.filters.map(({ expr, min }) => {
    expressions.push(expr.node);
    return { output: expressions.length - 1, min };
  });
  const fingerprint = hashJson({
    version: 7,
    columns,
    expressions,
    filters,
    instruments,
    peers,
    tradable: [...tradable],
    sector: [...sector],
  });
  return new ColumnarPlan({
    columns,
    program: compileProgram(expressions),
    filters,
    instruments,
    company: { tradable, sector, peers },
    sessions,
    minHistory,
    firstBar,
    fingerprint,
  });
}

/** Throws as `compileFeatures`. */
export function checkDefinitions(
  definitions: readonly FeatureDefinition[],
  { instruments, tradable, filters, priceBasis, firstBar }: PlanOptions,
): void {
  const seen = new Set<string>();
  for (const { name } of definitions) {
    if (seen.has(name)) throw new TruewindError("bad-config", `The feature "${name}" is asked for twice.`);
    seen.add(name);
  }
  if (tradable.length !== instruments || (firstBar !== undefined && firstBar.length !== instruments)) {
    throw new TruewindError(
      "bad-config",
      `A plan for ${instruments} instruments needs one tradable flag (and first bar, if given) for each.`,
    );
  }
  if (priceBasis === "raw") return;
  for (const { expr } of filters) {
    if (!isLevel(expr.node)) continue;
    throw new TruewindError(
      "bad-config",
      `A universe filter uses price or volume levels, which on ${priceBasis}-adjusted data hold the future; leave it out or use raw data.`,
    );
  }
}
