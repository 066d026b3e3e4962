// From an experiment and an opened dataset: which instruments run, which may be held, on which sessions, with which features.
import { TruewindError, invariant } from "#base/errors.js";
import { calendarByName } from "#data/calendar/calendar.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import { mergeTold } from "#data/facts/told.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { ToldEvents } from "#domain/fact.js";
import type { Instrument, InstrumentId } from "#domain/instrument.js";
import type { Session } from "#domain/session.js";
import { DAY_US, type Micros, formatMicros, isoDateOrThrow, utcDate } from "#domain/time.js";
import { close, volume } from "#features/language/inputs.js";
import type { UniverseFilter } from "#features/plan/compile.js";
import { compileForLoop } from "#features/plan/threaded-plan.js";
import { withHistory } from "#features/plan/history.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { defineOwnFeatures } from "#features/own-features.js";
import { resolveFeatures } from "#features/registry.js";
import type { FeaturePlan } from "#ports/stages.js";
import type { Experiment } from "../config/experiment.js";
import { fitToDataset } from "../config/fits-dataset.js";
import { NO_FACTS, type RunFacts } from "./run-facts.js";
import { peerRows, sectorNumbers, sessionsAround } from "./company.js";

export interface Universe {
  readonly dataset: OpenDataset;
  readonly instruments: readonly Instrument[];
  /** 1 where the instrument may be a member of the universe. */
  readonly tradable: Uint8Array;
  /** Row of the buy-and-hold benchmark; null when none was named. */
  readonly benchmark: number | null;
  /** Sessions with data, in order. */
  readonly sessions: readonly Session[];
  readonly features: readonly FeatureDefinition[];
  readonly facts: RunFacts;
  /** Splits, dividends, rates and the facts that the features read, in the order in which they become known. */
  readonly told: ToldEvents;
  /** A fresh plan with these features, which remembers so many decisions. */
  createPlan(features: readonly FeatureDefinition[], steps: number): FeaturePlan;
}

/** Throws `bad-config` or `no-data`, naming what in the experiment does not fit the dataset. */
export function openUniverse(experiment: Experiment, dataset: OpenDataset, facts: RunFacts = NO_FACTS): Universe {
  invariant(facts.sets.length === experiment.data.facts.length, "the facts that the experiment names were not opened");
  invariant((facts.quotes === null) === (experiment.data.quotes === undefined), "the quotes that the experiment names were not opened");
  const { manifest } = dataset;
  const { universe, benchmark } = experiment;
  if (manifest.kind !== "bar") throw new TruewindError("bad-config", noBars(manifest));
  const { instruments } = manifest;
  const own = experiment.account.currency;
  // Only a rate between the two currencies themselves serves the ledger: it makes no crosses.
  const rated = dataset
    .references()
    .flatMap((event) => (event.kind === "fx" && (event.from === own || event.to === own) ? [event.from, event.to] : []));
  const tradable = fitToDataset(
    experiment,
    manifest,
    new Set<string>(rated),
    facts.sets.map((set) => set.manifest),
  );
  const rowOf = new Map(instruments.map((instrument, row) => [instrument.id as string, row]));
  const filters: UniverseFilter[] = [];
  if (universe.minPrice !== null) filters.push({ expr: close, min: universe.minPrice });
  if (universe.minDollarVolume !== null) filters.push({ expr: close.mul(volume).sma(20), min: universe.minDollarVolume });
  const company = {
    sector: sectorNumbers(instruments),
    peers: peerRows(instruments, experiment.peers),
    sessions: sessionsAround(manifest),
  };
  return {
    dataset,
    instruments,
    tradable,
    benchmark: benchmark === null ? null : (rowOf.get(benchmark) as number),
    sessions: refuseTooShort(experiment, dataset, sessionsOf(experiment, dataset)),
    features: resolveFeatures(experiment.features, defineOwnFeatures(experiment.ownFeatures)),
    facts,
    told: mergeTold(dataset.references(), facts.tables),
    createPlan(features, steps) {
      const plan = compileForLoop(features, {
        instruments: instruments.length,
        tradable,
        ...company,
        minHistory: universe.minHistory,
        filters,
        priceBasis: manifest.priceBasis,
      });
      return withHistory(plan, instruments.length, steps);
    },
  };
}

/** What to do with a dataset that an experiment cannot decide on. */
function noBars({ name, kind }: DatasetManifest): string {
  const beside = kind === "quote" ? `, and name ${name} in data.quotes: orders are then filled on it` : "";
  return `Dataset ${name} holds ${kind}s, and decisions are made from bars: make them with \`truewind data bars ${name} --every 60 --as ${name}-bars\`, name those in data.dataset${beside}.`;
}

/** The universe's sessions as a window of bar ends: not a bar before the first or after the last takes part. */
export function windowOf({ sessions }: Universe): { readonly from: Micros; readonly to: Micros } {
  return { from: (sessions[0] as Session).openAt, to: ((sessions.at(-1) as Session).closeAt + 1) as Micros };
}

export function instrumentId(universe: Universe, row: number): InstrumentId {
  return (universe.instruments[row] as Instrument).id;
}

/** Daily bars only: what is counted in sessions must find room among them. */
function refuseTooShort(experiment: Experiment, { manifest }: OpenDataset, sessions: readonly Session[]): readonly Session[] {
  if (manifest.barInterval !== null && manifest.barInterval !== "1d") return sessions;
  const { label, universe, rebalance } = experiment;
  const lengths = [
    ["label.horizon", label.horizon],
    ["universe.minHistory", universe.minHistory],
    ["rebalance.every", rebalance.every],
  ] as const;
  const tooLong = lengths.filter(([, length]) => length >= sessions.length).map(([name, length]) => `${name} (${length})`);
  if (tooLong.length === 0) return sessions;
  throw new TruewindError(
    "bad-config",
    `${tooLong.join(" and ")} of experiment ${experiment.name} must be below the ${sessions.length} sessions of ${manifest.name}.`,
  );
}

function sessionsOf(experiment: Experiment, { manifest }: OpenDataset): readonly Session[] {
  if (manifest.from === null || manifest.to === null) throw new TruewindError("no-data", `Dataset ${manifest.name} has no rows.`);
  const calendar = calendarByName(manifest.calendar);
  // A day's margin on both sides: a session's local date may differ from its UTC date.
  const first = utcDate((manifest.from - DAY_US) as Micros);
  const last = utcDate((manifest.to + DAY_US) as Micros);
  const [from, to] = [experiment.data.from ?? first, experiment.data.to ?? last];
  const begin = from > first ? from : first;
  const end = to < last ? to : last;
  const sessions = begin > end ? [] : calendar.sessions(isoDateOrThrow(begin), isoDateOrThrow(end));
  const inData = sessions.filter((s) => s.closeAt >= (manifest.from as number) && s.openAt < (manifest.to as number));
  if (inData.length === 0) {
    throw new TruewindError(
      "no-data",
      `Dataset ${manifest.name} (${formatMicros(manifest.from).slice(0, 10)} to ${formatMicros(manifest.to).slice(0, 10)}) has no session between ${from} and ${to}: set data.from and data.to within it.`,
    );
  }
  return inData;
}
