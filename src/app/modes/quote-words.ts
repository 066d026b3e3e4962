// What a result says of the recorded quotes that filled its orders: how old they may be, where the recording has gaps, what is not charged.
import type { QuoteUse } from "#domain/quote-use.js";
import { GAP_WAITS } from "#simulation/venue/quote-rhythm.js";

/** Instruments that are named with their gaps; of the others the number is told. */
const NAMED = 12;

export interface QuoteWordParts {
  /** Whether the experiment says how old a quote may be. */
  readonly chosen: boolean;
  /** Of the account. */
  readonly currency: string;
  /** What half the spread cost on quotes, in all; null where bars filled orders, too. */
  readonly spread: number | null;
}

export function quoteUseWords(use: QuoteUse, { chosen, currency, spread }: QuoteWordParts): string[] {
  return [`${ageWords(use, chosen)} ${gapWords(use)}`, `${spreadWords(use, spread)}${impactWords(use, currency)}`];
}

function spreadWords({ traded }: QuoteUse, spread: number | null): string {
  return spread === null || !(traded > 0) ? "" : `Half the spread came to ${((1e4 * spread) / traded).toFixed(2)} bps of what was traded. `;
}

function ageWords({ maxAgeSeconds }: QuoteUse, chosen: boolean): string {
  if (maxAgeSeconds === null) return "No instrument was quoted within a session.";
  const [low, high] = maxAgeSeconds.map(duration) as [string, string];
  const most = low === high ? low : `${low} to ${high}, by instrument`;
  const why = chosen
    ? "as the experiment says"
    : `${GAP_WAITS} times the wait between two quotes that is usual for the instrument, and a minute at least`;
  return `A quote that is not followed by another fills orders for ${most} (${why}).`;
}

function gapWords({ gaps, orders, ordersInGaps, decisions, decisionsInGaps }: QuoteUse): string {
  if (gaps.length === 0) return "The recording has no longer silence in the sessions traded.";
  const named = gaps
    .slice(0, NAMED)
    .map(({ instrument, gaps: count, seconds, longestSeconds }) =>
      count === 1
        ? `${instrument} one of ${duration(seconds)}`
        : `${instrument} ${count} of ${duration(seconds)} together, the longest ${duration(longestSeconds)}`,
    );
  const more = gaps.length > NAMED ? `; and ${gaps.length - NAMED} more instruments` : "";
  return `Longer silences in the sessions traded are gaps of the recording, in which nothing is filled: ${named.join("; ")}${more}. ${share(ordersInGaps, orders)} orders, of ${share(decisionsInGaps, decisions)} decisions, met one and waited.`;
}

function impactWords({ impact: { money, traded } }: QuoteUse, currency: string): string {
  const what = "What orders do to the price beyond taking what is displayed is not charged.";
  if (!(traded > 0)) return `${what} How large it might be is not known: there are no fills, or no volume is.`;
  return `${what} By the square-root law it would be ${((1e4 * money) / traded).toFixed(1)} bps of what was traded on quotes, ${Math.round(money)} ${currency} in all, with constants of the literature; half of that or twice as much is as likely.`;
}

function share(part: number, all: number): string {
  return `${part} of ${all}${part === 0 ? "" : ` (${Number(((100 * part) / all).toPrecision(2))} %)`}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}
