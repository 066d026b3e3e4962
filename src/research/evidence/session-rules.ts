// The rules between a paper session and money, declared beforehand. Four are necessary (return, Sharpe ratio, drawdown, nothing out of the
// ordinary); the others say that the session is what the backtest promised, and that the backtest is evidence at all. A short session proves
// little by itself, so the rules also tell how often luck alone decides them.
import { createRng } from "#base/rng.js";
import { blockLengths } from "#research/inference/bootstrap/block-length.js";
import { fillIndices, stationaryResampling } from "#research/inference/bootstrap/resampling.js";
import { mean } from "#research/metrics/long-run-variance.js";
import { maxDrawdown, sharpe, totalReturn } from "#research/metrics/performance.js";
import { sharpeMoments } from "#research/sharpe/moments.js";
import { sharpeError } from "#research/sharpe/probabilistic.js";
import { robustInterval, robustSharpe } from "#research/sharpe/robust.js";
import { percent } from "#research/verdict/words.js";

export const LEAST_SHARPE = 0.8;
export const MOST_DRAWDOWN = 0.15;
/** Fewer sessions decide nothing on return, Sharpe ratio and band. */
export const LEAST_SESSIONS = 20;
/** Realised / modelled costs. */
export const COST_RATIO = { least: 0.5, most: 1.5 } as const;
const BAND = 0.9;
const DRAWS = 2000;

export interface SessionRule {
  readonly id: "return" | "sharpe" | "drawdown" | "anomalies" | "replay" | "band" | "costs" | "gates" | "length" | "together";
  readonly title: string;
  /** `necessary`: without it no money; `sufficient`: with all of both there may be. */
  readonly kind: "necessary" | "sufficient";
  /** Null: cannot be told yet. */
  readonly passed: boolean | null;
  /** As people read it; null where there is none. */
  readonly figure: string | null;
  readonly bar: string;
  readonly because: string;
}

export interface SessionEvidence {
  /** Net returns per session: the account's, its yardstick's, and cash's. */
  readonly net: readonly number[];
  readonly baseline: readonly number[];
  readonly cash: readonly number[];
  readonly over: "equal weight" | "cash";
  readonly perYear: number;
  /** Sessions that it was begun for. */
  readonly planned: number;
  /** Of the backtest's sessions before; null where there are too few. */
  readonly expected: Pick<SessionEvidence, "net" | "baseline" | "cash"> | null;
  /** What was out of the ordinary, one sentence each. */
  readonly anomalies: readonly string[];
  /** Base currency, of the session's market orders. */
  readonly costs: { readonly realised: number; readonly modelled: number };
  /** Null where it was not tried; otherwise what differed, in its decisions or in what its journal notes of it, empty when nothing did. */
  readonly replay: string | null;
  /** Of `truewind validate`; null where the experiment was not validated. */
  readonly validation: { readonly decision: "edge" | "no edge" | "not enough evidence"; readonly because: string } | null;
}

export interface SessionFigures {
  readonly sessions: number;
  readonly netReturn: number;
  readonly baselineReturn: number;
  readonly maxDrawdown: number;
  /** Annual, over cash; null where returns do not vary. `error` allows for dependence (Lo 2002), `independentError` does not (Mertens 2002). */
  readonly sharpe: {
    readonly value: number;
    readonly error: number;
    readonly low: number;
    readonly high: number;
    readonly independentError: number;
  } | null;
  /** Of the session's length, drawn from the backtest's sessions: middle 90 % of the net return; and how often luck alone decides. */
  readonly luck: Luck | null;
  readonly costRatio: number | null;
}

export interface Luck {
  readonly low: number;
  readonly high: number;
  /** Part of such stretches of the backtest itself that break rules on return or Sharpe ratio. */
  readonly fails: number;
  /** Part of such stretches, once what the backtest earned over its yardstick is taken out, that keep both. */
  readonly passesWithout: number;
}

export interface JudgedSession {
  readonly decision: "go" | "no-go" | "not enough evidence";
  readonly because: string;
  readonly rules: readonly SessionRule[];
  readonly figures: SessionFigures;
}

export function judgeSession(evidence: SessionEvidence): JudgedSession {
  const figures = figuresOf(evidence);
  const rules = [
    returnRule(figures, evidence),
    sharpeRule(figures),
    drawdownRule(figures),
    anomalyRule(evidence),
    replayRule(evidence),
    bandRule(figures),
    costRule(figures),
    gateRule(evidence),
    lengthRule(figures, evidence),
    togetherRule(evidence),
  ];
  return { ...decide(rules), rules, figures };
}

/** Names keep their capitals. */
function inSentence(title: string): string {
  return title.startsWith("Sharpe") ? title : title.charAt(0).toLowerCase() + title.slice(1);
}

/** A broken rule is "no-go", whatever else is known; "go" takes every rule. */
function decide(rules: readonly SessionRule[]): Pick<JudgedSession, "decision" | "because"> {
  const broken = rules.filter(({ passed }) => passed === false);
  const unknown = rules.filter(({ passed }) => passed === null);
  const say = (list: readonly SessionRule[], verb: string): string => {
    const titles = list.map(({ title }) => inSentence(title)).join(", ");
    return `${list.length} of ${rules.length} rules ${list.length === 1 ? "is" : "are"} ${verb}: ${titles}. ${(list[0] as SessionRule).because}`;
  };
  if (broken.length > 0) return { decision: "no-go", because: say(broken, "broken") };
  if (unknown.length > 0) return { decision: "not enough evidence", because: say(unknown, "open") };
  return { decision: "go", because: `All ${rules.length} rules are kept, the necessary and the sufficient ones.` };
}

function figuresOf({ net, baseline, cash, perYear, expected, costs }: SessionEvidence): SessionFigures {
  const excess = net.map((r, i) => r - (cash[i] as number));
  const [robust, moments] = [robustSharpe(excess), sharpeMoments(excess)];
  const year = Math.sqrt(perYear);
  const interval = robust === null ? null : robustInterval(robust, BAND);
  return {
    sessions: net.length,
    netReturn: totalReturn(net),
    baselineReturn: totalReturn(baseline),
    maxDrawdown: maxDrawdown(net),
    sharpe:
      robust === null || moments === null || interval === null
        ? null
        : {
            value: sharpe(net, cash, perYear) as number,
            error: robust.error * year,
            low: interval.low * year,
            high: interval.high * year,
            independentError: sharpeError(moments) * year,
          },
    luck: expected === null ? null : luckOf(expected, net.length, perYear),
    costRatio: costs.modelled > 0 ? costs.realised / costs.modelled : null,
  };
}

/** Stationary bootstrap of the backtest's sessions in blocks as long as they ask for, strategy, yardstick and cash together; 2,000 draws, the same each time. */
function luckOf({ net, baseline, cash }: NonNullable<SessionEvidence["expected"]>, sessions: number, perYear: number): Luck | null {
  if (sessions < 2 || sessions > net.length) return null;
  const active = mean(net.map((r, i) => r - (baseline[i] as number)));
  const { stationary } = blockLengths(net);
  const resampling = stationaryResampling(net.length, DRAWS, Math.min(stationary, net.length), createRng("session-band"));
  const indices = new Int32Array(net.length);
  const totals = new Float64Array(DRAWS);
  let [fails, passesWithout] = [0, 0];
  for (let draw = 0; draw < DRAWS; draw++) {
    fillIndices(resampling, draw, indices);
    const days = indices.subarray(0, sessions);
    const pick = (values: readonly number[]): number[] => Array.from(days, (t) => values[t] as number);
    const [ours, theirs, idle] = [pick(net), pick(baseline), pick(cash)];
    const keeps = (returns: readonly number[]): boolean =>
      totalReturn(returns) > totalReturn(theirs) && (sharpe(returns, idle, perYear) ?? 0) > LEAST_SHARPE;
    totals[draw] = totalReturn(ours);
    if (!keeps(ours)) fails++;
    if (keeps(ours.map((r) => r - active))) passesWithout++;
  }
  totals.sort();
  const at = (part: number): number => totals[Math.round(part * (DRAWS - 1))] as number;
  return { low: at((1 - BAND) / 2), high: at((1 + BAND) / 2), fails: fails / DRAWS, passesWithout: passesWithout / DRAWS };
}

/** A rule on what was earned: open while the session is short. */
const onceLong = (sessions: number, passed: boolean): boolean | null => (sessions < LEAST_SESSIONS ? null : passed);

function luckWords({ luck, sessions }: SessionFigures): string {
  if (luck === null) return "";
  return ` In ${percent(luck.fails)} of ${sessions}-session stretches drawn from its own backtest the strategy breaks the rules on return or Sharpe ratio by bad luck; without its edge it keeps both in ${percent(luck.passesWithout)}.`;
}

function returnRule(figures: SessionFigures, { over }: SessionEvidence): SessionRule {
  const { netReturn, baselineReturn, sessions } = figures;
  return {
    id: "return",
    title: `Return over ${over}`,
    kind: "necessary",
    passed: onceLong(sessions, netReturn > baselineReturn),
    figure: `${points(netReturn - baselineReturn)} points`,
    bar: "above zero, net",
    because: `The account earned ${percent(netReturn)} net and ${over} ${percent(baselineReturn)}.${luckWords(figures)}`,
  };
}

function sharpeRule(figures: SessionFigures): SessionRule {
  const { sharpe: found, sessions } = figures;
  return {
    id: "sharpe",
    title: "Sharpe ratio",
    kind: "necessary",
    passed: found === null ? null : onceLong(sessions, found.value > LEAST_SHARPE),
    figure: found === null ? null : signed(found.value, 2),
    bar: `above ${LEAST_SHARPE}, over cash`,
    because:
      found === null
        ? "The returns do not vary, so there is no Sharpe ratio."
        : `Over ${sessions} sessions an annual Sharpe ratio has a standard error of ${found.independentError.toFixed(1)} were the sessions independent, and of ${found.error.toFixed(1)} as they were (Lo 2002); the 90 % interval is ${signed(found.low, 1)} to ${signed(found.high, 1)}.`,
  };
}

function drawdownRule({ maxDrawdown: deepest, sessions }: SessionFigures): SessionRule {
  return {
    id: "drawdown",
    title: "Drawdown",
    kind: "necessary",
    passed: sessions === 0 ? null : deepest > -MOST_DRAWDOWN,
    figure: percent(-deepest),
    bar: `below ${percent(MOST_DRAWDOWN)}`,
    because: `The deepest fall from a peak was ${percent(-deepest)}.`,
  };
}

function anomalyRule({ anomalies, net }: SessionEvidence): SessionRule {
  const [first] = anomalies;
  return {
    id: "anomalies",
    title: "Nothing out of the ordinary",
    kind: "necessary",
    passed: net.length === 0 ? null : anomalies.length === 0,
    figure: `${anomalies.length} ${anomalies.length === 1 ? "alert" : "alerts"}`,
    bar: "no alert, halt, kill or breaker of the account",
    because:
      first === undefined
        ? "Fills, rejections, turnover, positions, feed, daily returns and predictions stayed within what the backtest showed."
        : `${first}${anomalies.length > 1 ? ` And ${anomalies.length - 1} more.` : ""}`,
  };
}

function replayRule({ replay }: SessionEvidence): SessionRule {
  return {
    id: "replay",
    title: "Replay parity",
    kind: "sufficient",
    passed: replay === null ? null : replay === "",
    figure: replay === null ? null : replay === "" ? "identical" : "different",
    bar: "every decision bit-equal",
    because:
      replay === null
        ? "The journal was not replayed."
        : replay === ""
          ? "Told the recorded events again, the engine made every decision again, to the bit; run again, the session came to every fill, account and alert of its journal."
          : replay,
  };
}

function bandRule({ luck, netReturn, sessions }: SessionFigures): SessionRule {
  const known = luck !== null;
  return {
    id: "band",
    title: "Within the backtest's band",
    kind: "sufficient",
    passed: known ? onceLong(sessions, netReturn >= luck.low && netReturn <= luck.high) : null,
    figure: known ? `${percent(luck.low)} to ${percent(luck.high)}` : null,
    bar: "net return within the middle 90 % of such stretches",
    because: known
      ? `Of ${sessions} sessions drawn from the backtest in blocks, the middle 90 % earn ${percent(luck.low)} to ${percent(luck.high)}; the account earned ${percent(netReturn)}. One faithful session in ten falls outside.`
      : "The backtest has too few sessions before this one to draw stretches of its length from.",
  };
}

function costRule({ costRatio }: SessionFigures): SessionRule {
  const { least, most } = COST_RATIO;
  return {
    id: "costs",
    title: "Realised over modelled costs",
    kind: "sufficient",
    passed: costRatio === null ? null : costRatio >= least && costRatio <= most,
    figure: costRatio === null ? null : signed(costRatio, 2),
    bar: `${least} to ${most}`,
    because:
      costRatio === null
        ? "No market order was filled, so nothing was paid."
        : `Fees, spread and impact of the fills came to ${signed(costRatio, 2)} times what the experiment's model of costs says of the same trades.`,
  };
}

function gateRule({ validation }: SessionEvidence): SessionRule {
  return {
    id: "gates",
    title: "Gates of the backtest",
    kind: "sufficient",
    passed: validation === null || validation.decision === "not enough evidence" ? null : validation.decision === "edge",
    figure: validation === null ? null : validation.decision,
    bar: "truewind validate says edge",
    because:
      validation === null
        ? "Nobody has validated this experiment on this data: run truewind validate on its file, and certify again."
        : validation.because,
  };
}

/** Whoever may stop when it looks best needs no luck to keep the other rules: the end is the one that was declared at the start. */
function lengthRule({ sessions }: SessionFigures, { planned }: SessionEvidence): SessionRule {
  const long = sessions >= LEAST_SESSIONS;
  return {
    id: "length",
    title: "Length of the session",
    kind: "sufficient",
    passed: long && sessions >= planned ? true : null,
    figure: `${sessions} ${sessions === 1 ? "session" : "sessions"}`,
    bar: `at least ${LEAST_SESSIONS}, and to its end`,
    because: !long
      ? `${sessions} of ${LEAST_SESSIONS} sessions were traded; return, Sharpe ratio and band are not judged before.`
      : sessions >= planned
        ? `${sessions} sessions were traded, as many as it was begun for.`
        : `${sessions} of the ${planned} sessions were traded that it was begun for: who stops at a good day has chosen it. Let it end, and certify again.`,
  };
}

/** The session alone cannot prove an edge; with the record before it, the interval must at least exclude zero. */
function togetherRule({ net, cash, expected, perYear }: SessionEvidence): SessionRule {
  const excess = [...(expected?.net ?? []), ...net].map((r, i) => r - ([...(expected?.cash ?? []), ...cash][i] as number));
  const robust = robustSharpe(excess);
  const year = Math.sqrt(perYear);
  const interval = robust === null ? null : robustInterval(robust, BAND);
  return {
    id: "together",
    title: "Backtest and session together",
    kind: "sufficient",
    passed: interval === null || expected === null ? null : interval.high < 0 ? false : interval.low > 0 ? true : null,
    figure: interval === null ? null : `${signed(interval.low * year, 2)} to ${signed(interval.high * year, 2)}`,
    bar: "90 % interval of the Sharpe ratio above zero",
    because:
      interval === null || expected === null
        ? "There is no backtest before the session to add it to."
        : `Over ${excess.length} sessions the 90 % interval of the annual Sharpe ratio is ${signed(interval.low * year, 2)} to ${signed(interval.high * year, 2)}${interval.low > 0 ? "." : ": too wide to tell."}`,
  };
}

function signed(value: number, digits: number): string {
  return value.toFixed(digits).replace("-", "\u2212");
}

function points(fraction: number): string {
  return `${fraction < 0 ? "\u2212" : "+"}${Math.abs(100 * fraction).toFixed(2)}`;
}
