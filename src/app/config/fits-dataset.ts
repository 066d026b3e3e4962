// Whether an experiment can be run on a dataset at all: everything that it names and the dataset or this program does not have.
import { TruewindError } from "#base/errors.js";
import type { FactSetManifest } from "#data/facts/fact-set.js";
import { looksLikeAlias } from "#data/names/alias.js";
import type { DatasetManifest } from "#domain/dataset.js";
import { factFields } from "#features/language/fact-fields.js";
import { defineOwnFeatures } from "#features/own-features.js";
import { featureSet, featureSets, resolveFeatures } from "#features/registry.js";
import { modelFamily } from "#models/registry/families.js";
import { isBlind } from "#portfolio/optimized-options.js";
import type { Experiment } from "./experiment.js";
import { labelUnit } from "./label-words.js";

/** Which instruments may be held, 1 per row of the manifest. `rated`: currencies with an exchange rate. Throws `bad-config` with all problems at once. */
export function fitToDataset(
  experiment: Experiment,
  manifest: DatasetManifest,
  rated: ReadonlySet<string>,
  facts: readonly FactSetManifest[] = [],
): Uint8Array {
  const tradable = tradableRows(experiment, manifest);
  const problems = [
    ...namesMissing(experiment, manifest),
    ...sizesTooLarge(experiment, manifest, tradable),
    ...weightForbidden(experiment),
    ...sectorsTooSmall(experiment, manifest, tradable),
    ...neutralUnfit(experiment, manifest),
    ...labelUnfit(experiment),
    ...executionTooLong(experiment),
    ...monitorUnfit(experiment, manifest),
    ...currencies(experiment, manifest, tradable, rated),
    ...featuresMissing(experiment),
    ...factsMissing(experiment, facts),
    ...complaint("model", () => {
      const { family, ...settings } = experiment.model;
      modelFamily(family).parseConfig(settings);
    }),
  ];
  if (problems.length === 0) return tradable;
  const found = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  throw new TruewindError(
    "bad-config",
    `Experiment ${experiment.name} does not fit dataset ${manifest.name}, with ${found}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
  );
}

function tradableRows({ universe, benchmark }: Experiment, manifest: DatasetManifest): Uint8Array {
  const include = universe.include === null ? null : new Set(universe.include);
  const sectors = universe.sectors === null ? null : new Set(universe.sectors);
  const barred = new Set<string>([...universe.exclude, ...manifest.notTradable, ...(benchmark === null ? [] : [benchmark])]);
  return Uint8Array.from(manifest.instruments, ({ id, sector }) =>
    !barred.has(id) && (include === null || include.has(id)) && (sectors === null || (sector !== null && sectors.has(sector))) ? 1 : 0,
  );
}

/** A parent order that the next decision cuts off would never be done. */
function executionTooLong({ execution, rebalance }: Experiment): string[] {
  if (execution === undefined || execution.kind === "pov" || execution.bars <= rebalance.every) return [];
  return [
    `execution.bars: a change of the target would take ${execution.bars} bars, and the next decision comes after ${rebalance.every} (rebalance.every); lower the one or raise the other`,
  ];
}

/** What is solved again between decisions is an optimized portfolio on bars within the day. */
function monitorUnfit({ monitor, portfolio, execution, rebalance }: Experiment, { barInterval }: DatasetManifest): string[] {
  if (monitor === undefined) return [];
  if (portfolio.kind !== "optimize")
    return [`monitor: a portfolio of kind ${portfolio.kind} has no budget of turnover to be solved within; choose optimize`];
  if (execution !== undefined)
    return ["monitor: an adjustment starts from what is held, while execution is still on its way; leave one of the two out"];
  if (barInterval === null || barInterval === "1d")
    return ["monitor: daily bars say nothing between decisions; it needs bars within the day"];
  if (monitor.every % barInterval !== 0) return [`monitor.every: ${monitor.every} s are no whole bars of ${barInterval} s`];
  if (monitor.every < rebalance.every * barInterval) return [];
  return [
    `monitor.every: within ${monitor.every} s there is a decision anyway (rebalance.every, ${rebalance.every} bars of ${barInterval} s); choose less`,
  ];
}

/** The rule of signals holds a prediction against a return. */
function labelUnfit({ label, portfolio }: Experiment): string[] {
  const acts = portfolio.kind === "signals" || (portfolio.kind === "optimize" && !isBlind(portfolio.objective));
  if (!acts || labelUnit(label) === null) return [];
  return [
    `portfolio.kind: ${portfolio.kind} acts on expected returns, and models of label.kind ${label.kind} predict ${labelUnit(label) === "class" ? "a class" : "multiples of a volatility"}; choose forward or excess, or a portfolio that ranks`,
  ];
}

function namesMissing({ universe, benchmark, data, peers, venue }: Experiment, { instruments }: DatasetManifest): string[] {
  const ids = new Set<string>(instruments.map((instrument) => instrument.id));
  const sectors = [...new Set(instruments.map((instrument) => instrument.sector).filter((sector) => sector !== null))].sort();
  const problems: string[] = [];
  const absent = (where: string, names: readonly string[]): void => {
    const unknown = names.filter((name) => !ids.has(name));
    if (unknown.length === 0) return;
    const hint = unknown.some(looksLikeAlias) ? "; anonymized names are those of the key that this workspace has: `truewind names`" : "";
    problems.push(`${where}: there is no ${few(unknown)}; look at its symbols with \`truewind data show\`${hint}`);
  };
  absent("universe.include", universe.include ?? []);
  absent("universe.exclude", universe.exclude);
  absent("benchmark", benchmark === null ? [] : [benchmark]);
  for (const [role, symbol] of Object.entries(peers)) absent(`peers.${role}`, symbol === null ? [] : [symbol]);
  for (const list of ["halts", "borrow", "funding"] as const)
    absent(`venue.${list}`, [...new Set((venue?.[list] ?? []).map(({ instrument }) => instrument))]);
  const strange = (universe.sectors ?? []).filter((sector) => !sectors.includes(sector));
  if (strange.length > 0)
    problems.push(
      `universe.sectors: there is no ${few(strange)}; ${sectors.length === 0 ? "this dataset knows no sectors" : `there are ${few(sectors)}`}`,
    );
  if (data.from !== null && data.to !== null && data.from > data.to) problems.push(`data: from ${data.from} is later than to ${data.to}`);
  return problems;
}

function sizesTooLarge({ portfolio }: Experiment, manifest: DatasetManifest, tradable: Uint8Array): string[] {
  const names = tradable.reduce((sum, one) => sum + one, 0);
  if (names === 0) return [`universe: it leaves none of the ${manifest.instruments.length} instruments`];
  if (portfolio.kind === "equal-weight" || portfolio.kind === "signals" || portfolio.kind === "optimize") return [];
  const sides = portfolio.kind === "long-short" ? 2 : 1;
  if (portfolio.k * sides <= names) return [];
  return [
    `portfolio.k: ${sides === 2 ? `${portfolio.k} long and ${portfolio.k} short` : portfolio.k} cannot be chosen among ${names} names; at most ${Math.floor(names / sides)}`,
  ];
}

/** A portfolio that its own risk limits forbid would stand half empty without a word. */
function weightForbidden({ portfolio, risk }: Experiment): string[] {
  if (portfolio.kind === "equal-weight") return [];
  const share = (fraction: number): string => `${Number((100 * fraction).toPrecision(3))}%`;
  if (portfolio.kind === "signals") {
    if (portfolio.perName <= risk.maxWeight + 1e-12) return [];
    return [
      `risk.maxWeight: it allows ${share(risk.maxWeight)} per name, but portfolio.perName asks for up to ${share(portfolio.perName)}; raise or lower one of the two`,
    ];
  }
  if (portfolio.kind === "optimize") {
    if (portfolio.minWeight !== null && portfolio.minWeight > risk.maxWeight)
      return [
        `portfolio.minWeight: no name may have ${share(portfolio.minWeight)} under risk.maxWeight ${share(risk.maxWeight)}; raise or lower one of the two`,
      ];
    if (portfolio.maxNames === null || portfolio.maxNames * risk.maxWeight >= portfolio.invested - 1e-12) return [];
    return [
      `risk.maxWeight: it allows ${share(risk.maxWeight)} per name, so that portfolio.maxNames ${portfolio.maxNames} cannot reach portfolio.invested ${portfolio.invested}; raise one of the two`,
    ];
  }
  const each = portfolio.kind === "top-k" ? portfolio.invested / portfolio.k : portfolio.gross / 2 / portfolio.k;
  if (each <= risk.maxWeight + 1e-12) return [];
  return [
    `risk.maxWeight: it allows ${share(risk.maxWeight)} per name, but portfolio.k ${portfolio.k} asks for ${share(each)} each; raise one of the two`,
  ];
}

/** Limits of sectors that leave no room for what is to be invested would have every decision fall back. */
function sectorsTooSmall({ portfolio, risk }: Experiment, { instruments }: DatasetManifest, tradable: Uint8Array): string[] {
  if (portfolio.kind !== "optimize" || portfolio.maxSector === null || portfolio.short) return [];
  const counts = new Map<string | null, number>();
  instruments.forEach(({ sector }, i) => tradable[i] === 1 && counts.set(sector, (counts.get(sector) ?? 0) + 1));
  // Too few names for their largest weight leave cash, with sectors and without.
  let [room, most] = [0, 0];
  for (const [sector, count] of counts) {
    room += Math.min(sector === null ? Number.POSITIVE_INFINITY : portfolio.maxSector, count * risk.maxWeight);
    most += count * risk.maxWeight;
  }
  if (room >= Math.min(portfolio.invested, most) - 1e-12) return [];
  return [
    `portfolio.maxSector: with ${portfolio.maxSector} in each, the ${counts.size} sectors of this universe have room for ${Number(room.toPrecision(3))}, and portfolio.invested asks for ${portfolio.invested}; raise maxSector or lower invested`,
  ];
}

/** What the portfolio is to have no bet on must be known of its candidates. */
function neutralUnfit({ portfolio, features, ownFeatures }: Experiment, { instruments }: DatasetManifest): string[] {
  if (portfolio.kind !== "optimize" || portfolio.neutral === null || featuresMissing({ features, ownFeatures }).length > 0) return [];
  const { to, features: asked } = portfolio.neutral;
  const there = new Set(resolveFeatures(features, defineOwnFeatures(ownFeatures)).map(({ name }) => name));
  const missing = asked.filter((name) => !there.has(name));
  const problems = missing.length === 0 ? [] : [`portfolio.neutral.features: ${few(missing)} is none of features; add it there`];
  if (to.includes("sectors") && instruments.every(({ sector }) => sector === null))
    problems.push("portfolio.neutral.to: this dataset knows no sectors");
  return problems;
}

/** Without an exchange rate an account could never buy anything in another currency. */
function currencies({ account }: Experiment, { instruments }: DatasetManifest, tradable: Uint8Array, rated: ReadonlySet<string>): string[] {
  const traded = new Set(instruments.filter((_, row) => tradable[row] === 1).map((instrument) => instrument.currency as string));
  const others = [...traded]
    .filter((currency) => currency !== account.currency && !(rated.has(currency) && rated.has(account.currency)))
    .sort();
  return others.length === 0
    ? []
    : [
        `account.currency: it is ${account.currency}, the instruments trade in ${few(others)}, and the dataset has no exchange rate between them`,
      ];
}

function complaint(where: string, attempt: () => unknown): string[] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (error instanceof TruewindError && error.code === "bad-config") return [`${where}: ${error.message}`];
    throw error;
  }
}

function featuresMissing({ features, ownFeatures }: Pick<Experiment, "features" | "ownFeatures">): string[] {
  const broken = complaint("ownFeatures", () => defineOwnFeatures(ownFeatures));
  if (broken.length > 0) return broken;
  const own = defineOwnFeatures(ownFeatures);
  if (typeof features === "string") return complaint("features", () => resolveFeatures(features, own));
  const names: string[] = [];
  const missing = features.flatMap((name, i) =>
    complaint(`features.${i}`, () => names.push(...resolveFeatures([name], own).map((definition) => definition.name))),
  );
  const twice = new Set(names.filter((name, i) => names.indexOf(name) < i));
  return [...missing, ...[...twice].map((name) => `features: "${name}" stands there twice`)];
}

/** A feature that somebody asked for by name must have its facts; of a named set some may have none, and are NaN. */
function factsMissing({ data, features, ownFeatures }: Experiment, sets: readonly FactSetManifest[]): string[] {
  const twice = data.facts.filter((name, i) => data.facts.indexOf(name) < i).map((name) => `data.facts: "${name}" stands there twice`);
  const owners = new Map<string, string[]>();
  for (const { name, fields } of sets) for (const field of Object.keys(fields)) owners.set(field, [...(owners.get(field) ?? []), name]);
  const read = new Set<string>();
  const lacking: string[] = [];
  if (featuresMissing({ features, ownFeatures }).length === 0) {
    const own = defineOwnFeatures(ownFeatures);
    const isOwn = new Set(own.map(({ name }) => name));
    for (const entry of typeof features === "string" ? [features] : features) {
      for (const { name, expr } of typeof features === "string" ? featureSet(entry) : resolveFeatures([entry], own)) {
        const fields = factFields([expr]);
        for (const field of fields) read.add(field);
        const without = fields.filter((field) => !owners.has(field));
        if (without.length === 0 || (featureSets.includes(entry) && !isOwn.has(entry))) continue;
        const near = [...owners.keys()].filter((field) => without.some((one) => one.toLowerCase() === field.toLowerCase()));
        const hint = near.length === 0 ? "" : `; did you mean ${few(near)}?`;
        lacking.push(`features: ${name} needs the fact ${few(without)}, which no set in data.facts has${hint}`);
      }
    }
  }
  const shared = [...owners].filter(([field, names]) => names.length > 1 && read.has(field));
  return [...twice, ...lacking, ...shared.map(([field, names]) => `data.facts: ${few(names)} both tell ${field}; name one of them`)];
}

function few(names: readonly string[]): string {
  return names.length <= 10 ? names.join(", ") : `${names.slice(0, 10).join(", ")} and ${names.length - 10} more`;
}
