// Staged capital, tried: no more than the first stage is at work until somebody steps it up, and a breaker that opens takes it back.
import { join } from "node:path";
import { NO_BREAKERS } from "#risk/breakers.js";
import type { RiskLimits } from "#risk/limits.js";
import type { CapitalStage } from "#risk/stages.js";
import { type DrillDay, drillSession } from "./drill-session.js";
import { type DrillStep, drillStep, expectThat } from "./drill-step.js";

/** So that nothing but the stage holds an order back. */
const WIDE: RiskLimits = { maxWeight: 1, minCash: 0, maxGross: 1, maxTurnover: 10, maxOrderNotional: null };
const CASH = 1_000_000;

/** The stages of the file, with amounts that suit the drill's cash. */
export async function stageStep(stages: readonly CapitalStage[], folder: string): Promise<DrillStep> {
  const name = "capital-stages";
  if (stages.length === 0) return { name, state: "skipped", said: "not set in the file of limits", hash: null };
  const path = join(folder, "capital-stages.twj");
  const scaled = stages.map((stage, k) => ({ name: stage.name, amount: (CASH * (k + 1)) / (stages.length + 1) }));
  return drillStep(
    name,
    () => path,
    () => stepped(scaled, path),
  );
}

async function stepped(stages: readonly { readonly name: string; readonly amount: number }[], path: string): Promise<string> {
  const [want, keep] = [
    [0.5, 0.4, 0],
    [Number.NaN, Number.NaN, Number.NaN],
  ];
  const flat = [100, 100, 100];
  const days: DrillDay[] = [{ close: flat, want }];
  for (const { name } of stages.slice(1))
    days.push(
      { close: flat, want: keep, command: { kind: "stage", by: "the drill", reason: "on purpose", stage: name } },
      { close: flat, want },
    );
  const fallen = flat.map((price) => price * 0.5);
  days.push({ close: flat, want: keep }, { close: fallen, want: keep }, { close: fallen, want: keep });
  const session = await drillSession(path, days, WIDE, { ...NO_BREAKERS, dailyLoss: 0.05 }, stages);
  stages.forEach(({ name, amount }, k) => {
    const day = 2 * k + 1;
    expectThat(session.stage[day] === name, `stage ${name} is open`);
    const exposure = session.exposure[day] ?? 0;
    expectThat(exposure > 0.85 * amount && exposure <= amount, `what is held is most of ${amount} and no more`);
  });
  const before = stages.at(-2) ?? stages[0];
  expectThat(session.engine.breakers.open.length === 1, "a fall by half trips");
  expectThat(session.stage.at(-1) === before?.name, `the trip goes back to stage ${before?.name}`);
  return `${stages.map(({ name }) => name).join(", ")}: each holds no more than its amount, stepped up by a name alone; a trip goes back to ${before?.name}; replay identical`;
}
