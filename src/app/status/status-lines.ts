// How a paper session stands, for the terminal.
import { maxDrawdown, totalReturn } from "#research/metrics/performance.js";
import { counted, money, percent, signedPercent } from "../report/number-format.js";
import { alertSentence, tripSentence } from "../report/trip-words.js";
import type { Latch } from "../stop/kill-latch.js";
import { accountsOf } from "./paper-page.js";
import { dailyReturns, type SessionRecord, returnsOf } from "./read-session.js";

const LATEST = 5;

/** `stop`: the emergency stop that is set now, whether or not the session has journaled it. */
export function statusLines(session: SessionRecord, stop: Latch | null = null): readonly string[] {
  const { run, header, days, dates, alerts, trips, currency, startingCash, halted, stage } = session;
  const state = halted !== null ? `HALTED: ${halted}` : session.finished ? "ended" : "not ended";
  const stopped =
    stop === null
      ? []
      : [`EMERGENCY STOP${stop.at === "" ? "" : ` since ${stop.at}`}: ${stop.reason}; no order passes until \`truewind approve\``];
  if (days.length === 0) return [`${run}: ${state}; no session has been marked yet.`, ...stopped];
  const compared = accountsOf(session);
  const width = Math.max(...compared.map(({ name }) => name.length));
  const accounts = compared.map(({ name, equity }) => {
    const returns = returnsOf(
      equity.map((value) => value * 100),
      startingCash,
    );
    const last = money(equity.at(-1), currency);
    return `  ${name.padEnd(width)} ${last.padStart(18)} ${signedPercent(totalReturn(returns), 2).padStart(10)} ${percent(maxDrawdown(returns)).padStart(10)}`;
  });
  const { own, other } = dailyReturns({ days, startingCash });
  const from = Math.max(0, days.length - LATEST);
  const amount = (cents: number): string =>
    Math.round(cents / 100)
      .toLocaleString("en")
      .replace("-", "\u2212")
      .padStart(11);
  return [
    `${run}: ${state}`,
    ...stopped,
    ...(stage === null
      ? []
      : [`Stage ${stage.name}: ${stage.amount === null ? "all of the equity" : money(stage.amount, currency)} may be at work`]),
    `${counted(days.length, "session")} of ${header.session.sessions}, ${dates[0]} to ${dates.at(-1)}; ${counted(session.orders, "order")}, ${counted(session.fills, "fill")}`,
    "",
    `  ${"".padEnd(width)} ${"equity".padStart(18)} ${"net".padStart(10)} ${"drawdown".padStart(10)}`,
    ...accounts,
    "",
    `  ${"".padEnd(10)} ${["net", "equal w."].map((name) => name.padStart(9)).join("")}${["market", "selection", "costs", "interest"].map((name) => name.padStart(12)).join("")}`,
    ...days.slice(from).map((day, k) => {
      const parts = [day.market, day.selection, day.fees + day.slippage + day.borrow + (day.funding ?? 0), day.interest];
      return `  ${dates[from + k]} ${[own, other].map((of) => signedPercent(of[from + k], 2).padStart(9)).join("")} ${parts.map(amount).join(" ")}`;
    }),
    "",
    ...trips.map(tripSentence),
    alertSentence(alerts.length, trips.length),
    ...asideWords(session.keptAside),
    ...alerts.slice(-LATEST).map(({ alert, detail }) => `  ${alert}: ${detail}`),
  ];
}

function asideWords(keptAside: SessionRecord["keptAside"]): readonly string[] {
  const reasons = Object.entries(keptAside);
  if (reasons.length === 0) return [];
  const lines = reasons.reduce((sum, [, count]) => sum + count, 0);
  return [
    `Of the feed ${counted(lines, "line")} not taken in: ${reasons.map(([reason, count]) => `${reason} ${count}`).join(", ")} (quarantine.ndjson).`,
  ];
}
