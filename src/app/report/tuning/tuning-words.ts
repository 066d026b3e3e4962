// What a search found in plain words, shared by the terminal and the page.
import { counted, formatValue, isKnown, type Maybe, type ValueFormat } from "../number-format.js";
import type { TuningResult } from "./tuning-result.js";

export const objectiveNames: Readonly<Record<TuningResult["objective"], string>> = {
  "rank-ic": "mean rank IC",
  "ic": "mean IC",
  "log-loss": "log-loss",
  "net-sharpe": "net Sharpe ratio",
};

export const formatOf = (objective: TuningResult["objective"]): ValueFormat => ({
  factor: 1,
  digits: objective === "net-sharpe" ? 2 : 4,
  unit: "",
});

/** A value of the objective. */
export function objectiveValue({ objective }: Pick<TuningResult, "objective">, value: Maybe): string {
  return formatValue(value, formatOf(objective));
}

/** A value of a parameter, short enough for an axis. */
export function settingWords(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);
}

/** Whether the best is better than the luckiest of as many that know nothing. */
export function beatsLuck({ best, luck, direction }: Pick<TuningResult, "best" | "luck" | "direction">): boolean | null {
  if (!isKnown(luck.bestByLuck)) return null;
  return direction === "maximize" ? best.value > luck.bestByLuck : best.value < luck.bestByLuck;
}

export function headlineOf(result: TuningResult): string {
  const beats = beatsLuck(result);
  if (beats === null) return "What luck would bring cannot be told.";
  return beats ? "Better than luck alone." : "No better than luck.";
}

/** How many were tried, and what the best would look like by luck alone. */
export function honestSentence(result: TuningResult): string {
  const { luck, best } = result;
  const [value, name] = [objectiveValue(result, best.value), objectiveNames[result.objective]];
  const tried = `${counted(luck.trials, "setting")} ${luck.trials === 1 ? "was" : "were"} tried, and the best has a ${name} of ${value}.`;
  if (!isKnown(luck.bestByLuck) || !isKnown(luck.error)) return `${tried} Too few decisions were tested to tell what luck would bring.`;
  const worth = Math.round(luck.independent);
  const alike = worth < luck.trials ? `, which resemble one another so much that they are worth ${counted(worth, "independent one")},` : "";
  return `${tried} If no setting had any skill, the luckiest of as many${alike} would still show about ${objectiveValue(result, luck.bestByLuck)}: each is measured with an error of ${objectiveValue(result, luck.error)}.`;
}

export function countsSentence({ trials, untouchedFrom, ledger }: TuningResult): string {
  const of = (state: string): number => trials.filter((trial) => trial.state === state).length;
  const [pruned, failed] = [of("pruned"), of("failed")];
  const aside = [pruned > 0 ? `${pruned} pruned on the way` : "", failed > 0 ? `${failed} failed` : ""].filter((text) => text !== "");
  return `${counted(trials.length, "trial")}${aside.length === 0 ? "" : ` (${aside.join(", ")})`}; all count against what the chosen setting shows from ${untouchedFrom} on, which none of them saw: ${counted(ledger, "different experiment")} were tried on these data so far.`;
}

/** What a reader may do with it. */
export const ADVICE =
  "The value of the best trial is too good: it was chosen for it. Only the backtest of the chosen experiment, on days that no trial saw, says what it is worth.";
