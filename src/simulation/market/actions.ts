// What happens to a simulated share besides trading. All of it is neutral in total return: a split rescales, a dividend leaves the
// price, and the delisting return has mean zero at a hazard that depends on nothing, so that none of them makes an edge.
import type { Rng } from "#base/rng.js";
import type { Company } from "./company.js";
import { LAW, SESSIONS_PER_YEAR } from "./law.js";

/** USD per share going ex at this session's opening, in whole cents; 0 for none. Uses only what was known at the last close. */
export function dividendDue(company: Company): number {
  const { everySessions, largest } = LAW.dividend;
  if (company.dividendYield === 0 || company.age === 0 || company.age % everySessions !== company.dividendPhase) return 0;
  const amount = (company.dividendYield * company.averagePrice * everySessions) / SESSIONS_PER_YEAR;
  return Math.round(100 * Math.min(amount, largest * company.price)) / 100;
}

/** New shares for one old at this session's opening; 1 for none. High prices split sooner or later, low ones are consolidated at once. */
export function splitDue(company: Company): number {
  const { above, perSession, reverseBelow, reverseRatio } = LAW.split;
  if (company.price < reverseBelow) return reverseRatio;
  if (company.price <= above || company.rng.next() >= perSession) return 1;
  return Math.min(10, Math.max(2, Math.round(company.price / 75)));
}

export function applySplit(company: Company, ratio: number): void {
  company.price /= ratio;
  company.averagePrice /= ratio;
  company.sharesOutstanding *= ratio;
}

/** True when the session just drawn was the company's last. */
export function delists(company: Company): boolean {
  return company.rng.next() < LAW.delistingsPerYear / SESSIONS_PER_YEAR;
}

const { mergerLow, mergerHigh, totalLoss, lossLow, lossHigh } = LAW.delisting;
const MEAN_PREMIUM = (mergerLow + mergerHigh) / 2;
const MEAN_LOSS = totalLoss + (1 - totalLoss) * ((lossLow + lossHigh) / 2);
/** Share of mergers that makes premiums and losses cancel (70 %, with failures losing 47 % on average; compare Shumway 1997). */
const MERGERS = MEAN_LOSS / (MEAN_PREMIUM + MEAN_LOSS);

/** What holders receive over the last close, as a simple return in [-1, 0.35] with mean zero. */
export function delistingReturn(rng: Rng): number {
  if (rng.next() < MERGERS) return mergerLow + (mergerHigh - mergerLow) * rng.next();
  if (rng.next() < totalLoss) return -1;
  return -(lossLow + (lossHigh - lossLow) * rng.next());
}
