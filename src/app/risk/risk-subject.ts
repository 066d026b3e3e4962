// Whose risk is asked for: what a run holds at the end of its journal, or what a file says is held. Either way with the past of all instruments of the
// dataset, under the names that an experiment sees.
import { z } from "zod";
import { TruewindError, invariant } from "#base/errors.js";
import { Holdings } from "#domain/holdings.js";
import type { Currency, Instrument } from "#domain/instrument.js";
import { type Micros, utcDate } from "#domain/time.js";
import type { Engine } from "#engine/engine.js";
import { ReturnMemory } from "#portfolio/return-memory.js";
import { MARGIN_DAYS, daysBetween } from "../config/stress-window.js";
import { type Experiment, parseExperiment, parseOrThrow, readYaml } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import type { Progress } from "../modes/study.js";
import { type Universe, openUniverse, windowOf } from "../modes/universe.js";
import { knownNames } from "../names/open-names.js";
import { aliasFor, openExperiment } from "../names/open-experiment.js";
import { performReplay } from "../runs/perform-replay.js";

export interface RiskSubject {
  readonly name: string;
  readonly currency: string;
  /** Date of the last session that had ended. */
  readonly asOf: string;
  /** Base currency. */
  readonly equity: number;
  readonly instruments: readonly Instrument[];
  /** Value of each instrument held, fraction of equity; 0 where none is. */
  readonly weights: Float64Array;
  /** Total returns per session of each instrument, fractions in its currency, oldest first; NaN before its first price. */
  readonly returns: readonly Float64Array[];
  /** Of the returns. */
  readonly dates: readonly string[];
  /** Rows whose mean return is the market's; one where the experiment names a benchmark. */
  readonly market: readonly number[];
  /** The name that this subject uses for a symbol or for such a name. */
  readonly nameOf: (mention: string) => string;
}

const holdingsSchema = z.strictObject({
  name: z.string().min(1).default("holdings"),
  data: z.strictObject({ dataset: z.string().min(1), anonymize: z.boolean().default(true) }),
  benchmark: z.string().min(1).nullable().default(null),
  currency: z.string().min(1).default("USD"),
  /** Last session that is known; the dataset's end where left out. */
  asOf: z.iso.date().optional(),
  cash: z.number().default(0),
  /** Symbol or anonymized name -> units (shares, coins), negative for short. */
  positions: z.record(z.string().min(1), z.number()),
});

/** `path`: the folder of a run or its journal. Throws what a replay throws: risk is told of a record that is proven. */
export async function subjectOfRun(path: string, workspace: Workspace, onProgress: Progress): Promise<RiskSubject> {
  let found: { readonly universe: Universe; readonly experiment: Experiment; readonly memory: ReturnMemory } | null = null;
  let last: Engine | null = null;
  const { header } = await performReplay(path, workspace, onProgress, (universe, experiment) => {
    const memory = memoryOf(universe);
    found = { universe, experiment, memory };
    return {
      decided: () => undefined,
      stepped: (event, engine) => {
        last = engine;
        if (event.kind === "market") memory.market(event.batch, event.start, event.end);
        else if (event.kind === "split" || event.kind === "dividend") memory.reference(event);
      },
    };
  });
  if (last === null || found === null) throw new TruewindError("no-data", `The journal of ${header.run} holds no event: nothing is held.`);
  const { universe, experiment, memory } = found as { universe: Universe; experiment: Experiment; memory: ReturnMemory };
  const engine = last as Engine;
  engine.account.revalue(engine.now);
  const { equity, lots, lotValue } = engine.account;
  const names = experiment.data.anonymize ? knownNames(workspace.names, universe.dataset) : null;
  return subjectOf({
    name: header.run,
    currency: experiment.account.currency,
    universe,
    memory,
    asOf: engine.now,
    equity,
    values: lots.map((held, i) => (held === 0 ? 0 : held * (lotValue[i] as number))),
    nameOf: (mention) => aliasFor(names, mention),
  });
}

/** Throws `no-such-file` or `bad-config`, naming what the file says and the dataset does not know. */
export async function subjectOfFile(path: string, workspace: Workspace): Promise<RiskSubject> {
  const file = parseOrThrow(holdingsSchema, readYaml(path), path);
  const asked = parseExperiment(
    {
      name: "holdings",
      data: file.data,
      benchmark: file.benchmark,
      account: { currency: file.currency, cash: 1 },
      label: { horizon: 1 },
      portfolio: { kind: "equal-weight" },
      universe: { minHistory: 1 },
      rebalance: { every: 1 },
    },
    path,
  );
  const { experiment, dataset, facts, names } = await openExperiment(workspace, asked);
  const universe = openUniverse(experiment, dataset, facts);
  const nameOf = (mention: string): string => aliasFor(names, mention);
  const rowOf = new Map(universe.instruments.map(({ id }, row) => [id as string, row]));
  const unknown = Object.keys(file.positions).filter((mention) => !rowOf.has(nameOf(mention)));
  if (unknown.length > 0)
    throw new TruewindError("bad-config", `${path}: dataset ${file.data.dataset} has no ${unknown.slice(0, 10).join(", ")}.`);
  const memory = memoryOf(universe);
  const session =
    file.asOf === undefined ? universe.sessions.at(-1) : universe.sessions.findLast(({ date }) => date <= (file.asOf as string));
  if (session === undefined) throw new TruewindError("bad-config", `${path}: the data begin after ${file.asOf}.`);
  const end = universe.sessions.at(-1)?.date as string;
  if (file.asOf !== undefined && daysBetween(end, file.asOf) > MARGIN_DAYS)
    throw new TruewindError(
      "bad-config",
      `${path}: asOf is ${file.asOf}, and the data end on ${end}: update the dataset, or leave asOf out.`,
    );
  const book = await bookAt(universe, file.currency as Currency, session.closeAt, memory);
  const values = new Float64Array(universe.instruments.length);
  for (const [mention, units] of Object.entries(file.positions)) {
    const i = rowOf.get(nameOf(mention)) as number;
    const { currency } = universe.instruments[i] as Instrument;
    values[i] = (values[i] as number) + (units === 0 ? 0 : units * (book.price[i] as number) * book.rate(currency));
  }
  const unpriced = Object.keys(file.positions).filter((mention) => Number.isNaN(values[rowOf.get(nameOf(mention)) as number]));
  if (unpriced.length > 0)
    throw new TruewindError("no-data", `${path}: ${unpriced.slice(0, 10).map(nameOf).join(", ")} had no price or rate by ${session.date}.`);
  const equity = values.reduce((sum, value) => sum + value, file.cash);
  return subjectOf({ name: file.name, currency: file.currency, universe, memory, asOf: session.closeAt, equity, values, nameOf });
}

/** Prices and rates at a moment, with the returns until then told to the memory. */
async function bookAt(universe: Universe, base: Currency, until: Micros, memory: ReturnMemory): Promise<Holdings> {
  const book = new Holdings(universe.instruments, base, 0n);
  const references = universe.dataset.references().filter(({ at }) => at <= until);
  let next = 0;
  const tell = (before: number): void => {
    for (; next < references.length && (references[next]?.seenAt ?? 0) <= before; next++) {
      const event = references[next];
      if (event?.kind === "split") book.split(event);
      if (event?.kind === "fx") book.fx(event);
      if (event?.kind === "delisting") book.delisted(event);
      if (event?.kind === "split" || event?.kind === "dividend") memory.reference(event);
    }
  };
  for await (const batch of universe.dataset.source(windowOf(universe)).batches(0)) {
    for (let start = 0; start < batch.length; ) {
      let end = start + 1;
      while (end < batch.length && batch.seenAt[end] === batch.seenAt[start]) end++;
      if ((batch.at[start] as number) > until) return book;
      tell(batch.seenAt[start] as number);
      book.market(batch, start, end);
      memory.market(batch, start, end);
      start = end;
    }
  }
  tell(until);
  return book;
}

/** All sessions at once: stress looks at the whole past. */
function memoryOf({ sessions, instruments }: Universe): ReturnMemory {
  return new ReturnMemory(sessions, instruments.length, sessions.length);
}

interface Found extends Pick<RiskSubject, "name" | "currency" | "equity" | "nameOf"> {
  readonly universe: Universe;
  readonly memory: ReturnMemory;
  readonly asOf: Micros;
  /** Of positions, base currency; NaN where nobody knows. */
  readonly values: Float64Array;
}

function subjectOf({ universe, memory, asOf, values, ...rest }: Found): RiskSubject {
  const { instruments, sessions, tradable, benchmark } = universe;
  if (!(rest.equity > 0))
    throw new TruewindError(
      "no-data",
      `${rest.name} is worth ${rest.equity} ${rest.currency} at ${utcDate(asOf)}: there is nothing to measure risk against.`,
    );
  const returns = instruments.map((_, i) => memory.allReturns(i, asOf));
  const count = returns[0]?.length ?? 0;
  invariant(count < sessions.length, "there is a return for each session but the first");
  const dates = sessions.slice(1, count + 1).map(({ date }) => date as string);
  return {
    ...rest,
    asOf: dates.at(-1) ?? utcDate(asOf),
    instruments,
    weights: values.map((value) => value / rest.equity),
    returns,
    dates,
    market: benchmark === null ? instruments.flatMap((_, i) => (tradable[i] === 1 ? [i] : [])) : [benchmark],
  };
}
