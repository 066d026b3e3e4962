// Which limits hold in a run: those of the experiment's own `risk` block and those of a risk file together, the tighter of each two. An
// experiment can make limits tighter than the file and never looser; only a named profile or file sets the file aside.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import { type BreakerLimits, NO_BREAKERS } from "#risk/breakers.js";
import type { RiskLimits } from "#risk/limits.js";
import type { CapitalStage } from "#risk/stages.js";
import { type Experiment, parseOrThrow, readYaml } from "./experiment.js";
import { type RiskFile, riskFileSchema, tailKeys } from "./risk-schema.js";
import type { StressScenarios } from "./stress-memory.js";
import type { Workspace } from "./workspace.js";

/** Plain data: it stands in the header of the journal. */
export interface ResolvedRisk {
  /** Where the limits beside the experiment's own come from: `research` (nowhere), `guarded` (the defaults), or a file. */
  readonly profile: string;
  readonly limits: RiskLimits;
  readonly breakers: BreakerLimits;
  /** Absent where all of the equity may be at work. */
  readonly stages?: readonly CapitalStage[];
  /** Null where it limits nothing. */
  readonly tail: RiskFile["tail"] | null;
  /** Absent where nobody wants to hear of anything. */
  readonly alerts?: RiskAlertLevels;
  /** Scenarios that limit a loss or are to be heard of; absent where none does. Instruments by the names that the run sees. */
  readonly stress?: StressScenarios;
}

/** Measured as `tail` says. */
export type RiskAlertLevels = RiskFile["alerts"] & Pick<RiskFile["tail"], "method" | "level" | "horizon" | "window">;

export const RISK_FILE = "risk_limits.yaml";

/** Throws `no-such-file` or `bad-config` with all problems at once. */
export function readRiskFile(path: string): RiskFile {
  return parseOrThrow(riskFileSchema, readYaml(path) ?? {}, path);
}

/** The limits that ship: strict ones. */
export const guardedRisk = (): RiskFile => riskFileSchema.parse({});

/** For a backtest: what the experiment names; else its own block alone. */
export function researchRisk({ risk }: Experiment): ResolvedRisk {
  if (risk.rules !== undefined) return together(risk, risk.rules, "file");
  if (risk.profile === "guarded") return together(risk, guardedRisk(), "guarded");
  const { maxWeight, minCash, maxGross, maxTurnover, maxOrderNotional } = risk;
  return {
    profile: "research",
    limits: { maxWeight, minCash, maxGross, maxTurnover, maxOrderNotional },
    breakers: NO_BREAKERS,
    tail: null,
  };
}

/**
 * For paper and live: `file` when given, then what the experiment names, then the workspace's own risk_limits.yaml, then the defaults that ship.
 * Throws `bad-config` for limits under which the experiment's portfolio could never be held.
 */
export function tradingRisk(experiment: Experiment, workspace: Workspace, file?: string): ResolvedRisk {
  const resolved = unchecked(experiment, workspace, file);
  refuseUnholdable(experiment, resolved);
  return resolved;
}

function unchecked(experiment: Experiment, workspace: Workspace, file: string | undefined): ResolvedRisk {
  const { risk } = experiment;
  if (file === undefined && (risk.rules !== undefined || risk.profile !== undefined)) return researchRisk(experiment);
  const { rules, profile } = fileOf(workspace, file);
  return together(risk, rules, profile);
}

/** Without an experiment: `file` when given, then the workspace's own file, then the defaults that ship. */
export function defaultRisk(workspace: Workspace, file?: string): ResolvedRisk {
  const { rules, profile } = fileOf(workspace, file);
  const { limits, breakers, stages, tail } = rules;
  return {
    profile,
    limits,
    breakers,
    ...(stages.length === 0 ? {} : { stages }),
    tail: bites(tail),
    ...alertsOf(rules),
    ...scenariosOf(rules),
  };
}

/** What is asked of a portfolio, from the same file. */
export function stressOf(workspace: Workspace, file?: string): RiskFile["stress"] {
  return fileOf(workspace, file).rules.stress;
}

function fileOf(workspace: Workspace, file: string | undefined): { readonly rules: RiskFile; readonly profile: string } {
  if (file !== undefined) return { rules: readRiskFile(file), profile: file };
  const own = join(workspace.root, RISK_FILE);
  return existsSync(own) ? { rules: readRiskFile(own), profile: RISK_FILE } : { rules: guardedRisk(), profile: "guarded" };
}

/** Two runs with the same hash are reviewed alike. */
export function riskHash({ limits, breakers, stages, tail, alerts, stress }: ResolvedRisk): string {
  return hashJson({ limits, breakers, stages, tail, alerts, ...(stress === undefined ? {} : { stress }) });
}

/** Shocks to instruments in other names: a file is written before anybody knows under which names a run sees them. */
export function renamedRisk(risk: ResolvedRisk, rename: (mention: string) => string): ResolvedRisk {
  return risk.stress === undefined ? risk : { ...risk, stress: { ...risk.stress, shocks: renamedShocks(risk.stress.shocks, rename) } };
}

/** Throws `bad-config` where two names are of one instrument. */
export function renamedShocks(shocks: RiskFile["stress"]["shocks"], rename: (mention: string) => string): RiskFile["stress"]["shocks"] {
  return shocks.map((shock) => {
    if (shock.instruments === undefined) return shock;
    const instruments = Object.fromEntries(Object.entries(shock.instruments).map(([mention, move]) => [rename(mention), move]));
    if (Object.keys(instruments).length < Object.keys(shock.instruments).length)
      throw new TruewindError("bad-config", `Shock "${shock.name}" names one instrument twice, by its symbol and its anonymized name.`);
    return { ...shock, instruments };
  });
}

function together(own: Experiment["risk"], rules: RiskFile, profile: string): ResolvedRisk {
  const { limits, breakers, stages, tail } = rules;
  const orders = [own.maxOrderNotional, limits.maxOrderNotional].filter((limit) => limit !== null);
  return {
    profile,
    limits: {
      maxWeight: Math.min(own.maxWeight, limits.maxWeight),
      minWeight: limits.minWeight,
      minCash: Math.max(own.minCash, limits.minCash),
      // A stage is an amount that may be at work: borrowed money would be more.
      maxGross: Math.min(own.maxGross, limits.maxGross, stages.length === 0 ? Number.POSITIVE_INFINITY : 1),
      maxTurnover: Math.min(own.maxTurnover, limits.maxTurnover),
      maxOrderNotional: orders.length === 0 ? null : Math.min(...orders),
    },
    breakers,
    ...(stages.length === 0 ? {} : { stages }),
    tail: bites(tail),
    ...alertsOf(rules),
    ...scenariosOf(rules),
  };
}

function alertsOf({ alerts, stress, tail: { method, level, horizon, window } }: RiskFile): Pick<ResolvedRisk, "alerts"> {
  const isHeard =
    tailKeys.some((key) => alerts[key] !== null) || [...stress.windows, ...stress.shocks].some((one) => one.alertLoss !== undefined);
  return isHeard ? { alerts: { ...alerts, method, level, horizon, window } } : {};
}

function scenariosOf({ stress, tail: { window } }: RiskFile): Pick<ResolvedRisk, "stress"> {
  const acts = (one: Pick<RiskFile["stress"]["windows"][number], "maxLoss" | "alertLoss">): boolean =>
    one.maxLoss !== undefined || one.alertLoss !== undefined;
  const [windows, shocks] = [stress.windows.filter(acts), stress.shocks.filter(acts)];
  return windows.length + shocks.length === 0 ? {} : { stress: { windows, shocks, window } };
}

const bites = (tail: RiskFile["tail"]): RiskFile["tail"] | null => (tailKeys.every((key) => tail[key] === null) ? null : tail);

/** An account that could only refuse would look like one that is careful. */
function refuseUnholdable({ portfolio, execution }: Experiment, { limits, profile }: ResolvedRisk): void {
  const { minWeight = 0, maxWeight, minCash, maxGross } = limits;
  // In slices a position may grow over several sessions; else one order must reach the floor.
  const maxTurnover = execution === undefined ? limits.maxTurnover : Number.POSITIVE_INFINITY;
  const each =
    portfolio.kind === "top-k" && portfolio.weights === undefined
      ? portfolio.invested / portfolio.k
      : portfolio.kind === "long-short"
        ? portfolio.gross / 2 / portfolio.k
        : maxWeight;
  // What is cut down to the cash that must remain is one of them less, not all.
  const most = Math.min(each, maxWeight, maxTurnover, maxGross, 1 - minCash);
  if (most >= minWeight - 1e-12) return;
  throw new TruewindError(
    "bad-config",
    `The limits (${profile}) refuse every order of this experiment: a name could get ${percent(most)} of the account, and at least ` +
      `${percent(minWeight)} is asked of what is held. Hold fewer names, lower minWeight or loosen what is tighter in the risk file, or set ` +
      "risk.profile to research.",
  );
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
