// Cash, exactly: one account per currency in micro units (1e-6), every posting under a category. What rounding takes or gives is kept
// beside the balance, so balance + rounding is the exact sum of all that was ever posted. Holds no clock and no positions.
import { TruewindError, invariant } from "#base/errors.js";
import type { Currency } from "./instrument.js";
import { FINE_PER_MICRO, type MoneyScale, decimalOf, fineToMicro, notionalMicro, productFine, roundingFine } from "./money.js";

export { createMoneyScale, type MoneyScale } from "./money.js";

const categories = ["deposit", "trade", "fee", "dividend", "cash-in-lieu", "interest", "borrow", "funding", "fx"] as const;
const [TRADE, FEE] = [1, 2];

/** `cash-in-lieu`: payment for fractions of a lot after a split, and for a delisted position. `funding`: paid or received for holding a perpetual. `fx`: both legs of conversions. */
export type LedgerCategory = (typeof categories)[number];

/** Micro units received (positive) or paid (negative) per category, since the ledger began. They sum to the balance. */
export type LedgerTotals = Readonly<Record<LedgerCategory, bigint>> & {
  /** Exact total minus balance, in fine units (1e-24): within half a micro unit per posting. */
  readonly roundingFine: bigint;
};

/** Plain strings of integers, for JSON. */
export interface LedgerState {
  readonly accounts: readonly {
    readonly currency: string;
    readonly totals: Readonly<Record<string, string>>;
    readonly roundingFine: string;
  }[];
}

interface Account {
  balance: bigint;
  readonly totals: bigint[];
  roundingFine: bigint;
}

export class Ledger {
  private readonly accounts = new Map<Currency, Account>();

  /** Micro units; positive is received. */
  post(currency: Currency, category: LedgerCategory, amountMicro: bigint): void {
    add(this.account(currency), categories.indexOf(category), amountMicro);
  }

  /** A purchase (lots > 0) pays ticks x lots, a sale receives it; the fee is paid, or received when negative. */
  fill(scale: MoneyScale, currency: Currency, ticks: number, lots: number, feeMicro: bigint): void {
    const account = this.account(currency);
    const notional = notionalMicro(ticks, lots, scale);
    if (scale.partsPerMicro !== 1) account.roundingFine += roundingFine(ticks, lots, scale, notional);
    const { totals } = account;
    totals[TRADE] = (totals[TRADE] as bigint) - notional;
    if (feeMicro === 0n) {
      account.balance -= notional;
    } else {
      totals[FEE] = (totals[FEE] as bigint) - feeMicro;
      account.balance -= notional + feeMicro;
    }
  }

  /** `amount` of currency for each of `units`; negative units (a short) pay it. */
  dividend(currency: Currency, units: number, amount: number): void {
    this.product(currency, "dividend", units, amount);
  }

  /** `units` (negative for a short) leave the account at `price` each. */
  cashInLieu(currency: Currency, units: number, price: number): void {
    this.product(currency, "cash-in-lieu", units, price);
  }

  /** Gives `amountMicro` of `from` and takes it times `rate` in `to`; returns what was received. A negative amount goes the other way. */
  convert(from: Currency, to: Currency, amountMicro: bigint, rate: number): bigint {
    invariant(rate > 0 && Number.isFinite(rate), `the rate from ${from} to ${to} is ${rate}`);
    const exact = productFine({ digits: amountMicro, places: 6 }, decimalOf(rate));
    this.post(from, "fx", -amountMicro);
    return this.postFine(to, "fx", exact);
  }

  /** Micro units; 0n for a currency never posted to. */
  balance(currency: Currency): bigint {
    return this.accounts.get(currency)?.balance ?? 0n;
  }

  /** Balance plus what rounding holds: the exact sum of all postings, in fine units (1e-24). */
  exactFine(currency: Currency): bigint {
    const account = this.accounts.get(currency);
    return account === undefined ? 0n : account.balance * FINE_PER_MICRO + account.roundingFine;
  }

  /** Currencies in the order of their first posting. */
  totals(): ReadonlyMap<Currency, LedgerTotals> {
    const out = new Map<Currency, LedgerTotals>();
    for (const [currency, account] of this.accounts) {
      const byName = Object.fromEntries(categories.map((name, i) => [name, account.totals[i]])) as Record<LedgerCategory, bigint>;
      out.set(currency, { ...byName, roundingFine: account.roundingFine });
    }
    return out;
  }

  snapshot(): LedgerState {
    return {
      accounts: [...this.accounts].map(([currency, account]) => ({
        currency,
        totals: Object.fromEntries(categories.map((name, i) => [name, String(account.totals[i])])),
        roundingFine: String(account.roundingFine),
      })),
    };
  }

  /** Replaces everything. Throws `corrupt-artifact`, and changes nothing, when the state is not one that `snapshot` made. */
  restore(state: LedgerState): void {
    const accounts = new Map<Currency, Account>();
    for (const { currency, totals, roundingFine: rounding } of state.accounts) {
      const account = emptyAccount();
      if (Object.keys(totals).length !== categories.length) throw corrupt(`${currency} has other categories than this version`);
      categories.forEach((name, i) => {
        add(account, i, integer(totals[name], `${name} in ${currency}`));
      });
      account.roundingFine = integer(rounding, `the rounding of ${currency}`);
      accounts.set(currency as Currency, account);
    }
    this.accounts.clear();
    for (const [currency, account] of accounts) this.accounts.set(currency, account);
  }

  private product(currency: Currency, category: LedgerCategory, a: number, b: number): void {
    this.postFine(currency, category, productFine(decimalOf(a), decimalOf(b)));
  }

  private postFine(currency: Currency, category: LedgerCategory, fine: bigint): bigint {
    const micro = fineToMicro(fine);
    this.post(currency, category, micro);
    this.account(currency).roundingFine += fine - micro * FINE_PER_MICRO;
    return micro;
  }

  private account(currency: Currency): Account {
    let account = this.accounts.get(currency);
    if (account === undefined) {
      account = emptyAccount();
      this.accounts.set(currency, account);
    }
    return account;
  }
}

function emptyAccount(): Account {
  return { balance: 0n, totals: categories.map(() => 0n), roundingFine: 0n };
}

function add(account: Account, category: number, amount: bigint): void {
  account.totals[category] = (account.totals[category] as bigint) + amount;
  account.balance += amount;
}

function integer(text: string | undefined, what: string): bigint {
  if (text === undefined || !/^-?\d+$/.test(text)) throw corrupt(`${what} is not a whole number`);
  return BigInt(text);
}

function corrupt(detail: string): TruewindError {
  return new TruewindError("corrupt-artifact", `The saved ledger cannot be read: ${detail}.`);
}
