// Each breaker of the user's own file, tripped by prices that fall just far enough: it opens, refuses what enlarges and lets pass what reduces,
// survives a restart, and an approval opens trading again.
import { join } from "node:path";
import { readJournal } from "#adapters/stores/journal/journal.js";
import type { BreakerName } from "#domain/breaker.js";
import { type BreakerLimits, NO_BREAKERS } from "#risk/breakers.js";
import type { RiskLimits } from "#risk/limits.js";
import { percent } from "../report/number-format.js";
import { type DrillDay, drillSession } from "./drill-session.js";
import { type DrillStep, drillStep, expectThat } from "./drill-step.js";

/** So that nothing but the breaker holds an order back. */
const WIDE: RiskLimits = { maxWeight: 1, minCash: 0, maxGross: 1, maxTurnover: 10, maxOrderNotional: null };
/** How much is held, in two names of equal weight. */
const INVESTED = 0.9;
/** A loss beyond it cannot be made with what is held. */
const MOST = 0.85;

interface Trial {
  readonly breaker: BreakerName;
  readonly key: keyof BreakerLimits;
  /** Days over which prices fall. */
  readonly days: number;
}

const TRIALS: readonly Trial[] = [
  { breaker: "daily-loss", key: "dailyLoss", days: 1 },
  { breaker: "weekly-loss", key: "weeklyLoss", days: 4 },
  { breaker: "drawdown", key: "drawdown", days: 8 },
  { breaker: "single-position", key: "positionLoss", days: 3 },
  { breaker: "portfolio-floor", key: "portfolioFloor", days: 8 },
];

export async function breakerSteps(breakers: BreakerLimits, folder: string): Promise<readonly DrillStep[]> {
  const steps: DrillStep[] = [];
  for (const trial of TRIALS) {
    const limit = breakers[trial.key];
    const allowed = limit === null ? null : trial.key === "portfolioFloor" ? 1 - limit : limit;
    if (allowed === null || allowed > MOST) {
      const said = allowed === null ? "not set in the file of limits" : `a loss of ${percent(allowed)} is beyond what a drill can make`;
      steps.push({ name: trial.breaker, state: "skipped", said, hash: null });
      continue;
    }
    const path = join(folder, `${trial.breaker}.twj`);
    const only = { ...NO_BREAKERS, [trial.key]: limit };
    steps.push(
      await drillStep(
        trial.breaker,
        () => path,
        () => tripped(trial, allowed, only, path),
      ),
    );
  }
  return steps;
}

async function tripped({ breaker, days }: Trial, allowed: number, limits: BreakerLimits, path: string): Promise<string> {
  const alone = breaker === "single-position";
  // A tenth further than is allowed. The account's breakers see the part that is invested; that of a position sees B alone.
  const fall = Math.min(0.97, (1.1 * allowed) / (alone ? 1 : INVESTED));
  const keep = [Number.NaN, Number.NaN, 0];
  const price = (fallen: number): readonly number[] => [alone ? 100 : 100 * (1 - fallen), 100 * (1 - fallen), 100];
  const approval = { kind: "approve", by: "the drill", reason: "tripped on purpose", breaker } as const;
  const falling = Array.from({ length: days }, (_, d): DrillDay => ({ close: price((fall * (d + 1)) / days), want: keep }));
  const [low, half] = [price(fall), INVESTED / 2];
  // Less of A, which reduces, and more of B, which is where the loss is.
  const wish = [0.2, 0.7, 0];
  const story: readonly DrillDay[] = [
    { close: price(0), want: [half, half, 0] },
    { close: price(0), want: keep },
    ...falling,
    { close: low, want: wish },
    { close: low, want: keep, command: approval },
    { close: low, want: wish },
    { close: low, want: keep },
  ];
  const { engine, open } = await drillSession(path, story, WIDE, limits);
  const fell = 2 + days;
  expectThat(
    open[1]?.length === 0,
    `nothing open before prices fall: ${percent(allowed, 7)} is less than what the drill's first orders cost, so that this breaker would open with any order`,
  );
  const trip = open[fell - 1]?.[0];
  expectThat(trip?.breaker === breaker, `${breaker} opens when prices fall`);
  expectThat(open[fell + 1]?.[0]?.breaker === breaker, "it stays open over days and in a restarted engine");
  expectThat(open.at(-1)?.length === 0, "an approval by name closes it");
  const { refused, reduced, enlarged } = ordersBy(path, breaker);
  expectThat(refused > 0, "an order that enlarges is refused while it is open");
  expectThat(reduced > 0, "an order that reduces passes while it is open");
  expectThat(enlarged === 0, "nothing else passes while it is open");
  expectThat(
    (engine.account.lots[1] as number) * (low[1] as number) > 0.6 * engine.account.equity,
    "the refused order passes after the approval",
  );
  return `opened at ${percent(trip?.measured ?? Number.NaN)} of ${percent(allowed)}; ${refused} refused, ${reduced} reducing passed; held through a restart; opened by approval`;
}

/** What risk said between the trip and the approval. */
function ordersBy(path: string, breaker: BreakerName): { refused: number; reduced: number; enlarged: number } {
  let open = false;
  const counts = { refused: 0, reduced: 0, enlarged: 0 };
  for (const entry of readJournal(path)) {
    if (entry.kind === "event" && entry.event.kind === "command") open = false;
    if (entry.kind !== "decision") continue;
    if (entry.trips !== undefined && entry.trips.length > 0) open = true;
    if (!open) continue;
    for (const decision of entry.decisions) {
      if (decision.verdict === "refuse") counts.refused += decision.rule === `breaker-${breaker}` ? 1 : 0;
      else if (decision.order.lots < 0) counts.reduced++;
      else counts.enlarged++;
    }
  }
  return counts;
}
