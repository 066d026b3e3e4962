// The account as it looks with no more money than its stage: what lies above is not there, neither in its equity nor in its cash. Whoever sizes and
// limits positions by this view needs to know nothing of stages.
import type { PortfolioView } from "#domain/portfolio-view.js";

/** `amount`: base currency. The account itself where it has no more than that. A snapshot of totals: made anew for each decision. */
export function stagedView(account: PortfolioView, amount: number): PortfolioView {
  const { asOf, lots, workingBuys, workingSells, working, price, lotValue, tradedSinceMark } = account;
  if (account.equity <= amount && account.markedEquity <= amount) return account;
  const equity = Math.min(account.equity, amount);
  return {
    asOf,
    equity,
    cash: account.cash - (account.equity - equity),
    lots,
    workingBuys,
    workingSells,
    working,
    price,
    lotValue,
    markedEquity: Math.min(account.markedEquity, amount),
    tradedSinceMark,
  };
}
