// Says when what the account may lose passes a level that somebody wants to hear of, before a limit refuses an order. At each mark, and on bars that are
// shorter than a session every few minutes of the data's time. It acts on nothing; the same events give the same notes.
import type { EngineEvent } from "#domain/event.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { AlertNote } from "#domain/session-note.js";
import { MINUTE_US, type Micros } from "#domain/time.js";
import type { Account } from "#engine/account.js";
import { TailExposure, type TailLimit } from "#risk/tail-exposure.js";
import { percent } from "../report/number-format.js";

const MEASURES = [
  ["valueAtRisk", "maxVar", "Value at risk"],
  ["expectedShortfall", "maxEs", "Expected shortfall"],
  ["worst", "maxLoss", ""],
] as const;

export interface RiskAlertOptions {
  readonly watched: readonly TailLimit[];
  readonly everyMinutes: number;
}

/** Numbers of what is above its level, and the stretch of minutes that was looked at last. */
export interface RiskAlertState {
  readonly above: readonly string[];
  readonly stretch: number;
}

export class RiskAlerts {
  private above: readonly string[] = [];
  private stretch = 0;

  /** `from`: nothing is said before. `intraday`: bars are shorter than a session. */
  constructor(
    private readonly options: RiskAlertOptions,
    private readonly from: Micros,
    private readonly intraday: boolean,
  ) {}

  /**
   * Told of each event before it is absorbed: figures are of everything told before it, `now` being the moment of that. Says what has passed its level
   * since it was last looked at.
   */
  event(event: EngineEvent, account: Account, now: Micros): readonly AlertNote[] {
    const at = event.seenAt;
    if (at < this.from) return [];
    const stretch = Math.floor(at / (this.options.everyMinutes * MINUTE_US));
    const marked = event.kind === "timer" && event.name === "mark";
    if (!marked && (!this.intraday || stretch === this.stretch)) return [];
    this.stretch = stretch;
    const { watched } = this.options;
    const { figures } = new TailExposure(valued(account, now), watched);
    const above: string[] = [];
    const notes: AlertNote[] = [];
    watched.forEach((levels, k) => {
      for (const [figure, key, measure] of MEASURES) {
        const limit = levels[key];
        const measured = figures[k]?.[figure] as number;
        if (limit === null || measured <= limit + 1e-12) continue;
        const words = measure === "" ? `The loss in ${levels.because}` : `${measure}, ${levels.because},`;
        above.push(words);
        if (this.above.includes(words)) continue;
        const known = !Number.isNaN(measured);
        const said = known ? `is ${percent(measured, 2)} of equity` : "cannot be measured: too little has been seen";
        notes.push({
          kind: "alert",
          at,
          alert: levels.rule,
          figure: known ? measured : limit,
          limit,
          detail: `${words} ${said}; the alert is set at ${percent(limit, 2)}.`,
        });
      }
    });
    this.above = above;
    return notes;
  }

  save(): RiskAlertState {
    return { above: this.above, stretch: this.stretch };
  }

  load({ above, stretch }: RiskAlertState): void {
    this.above = above;
    this.stretch = stretch;
  }
}

/** The account at the last prices, without touching its own valuation, which decisions are made by. */
function valued(account: Account, asOf: Micros): PortfolioView {
  const { holdings, instruments, lots, workingBuys, workingSells, working, price } = account;
  const lotValue = Float64Array.from(instruments, ({ lotSize, currency }, i) => (price[i] as number) * lotSize * holdings.rate(currency));
  const cash = holdings.cash();
  const equity = lots.reduce((sum, held, i) => (held === 0 ? sum : sum + held * (lotValue[i] as number)), cash);
  const { markedEquity, tradedSinceMark } = account;
  return { asOf, equity, cash, lots, workingBuys, workingSells, working, price, lotValue, markedEquity, tradedSinceMark };
}
