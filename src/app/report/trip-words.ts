// What a tripped breaker says to a person.
import type { TripRecord } from "#domain/breaker.js";
import { percent } from "./number-format.js";

export function tripSentence({ breaker, date, instrument, measured, allowed }: TripRecord): string {
  if (breaker === "kill") return `${date} KILLED: all orders were called back.`;
  const what = instrument === null ? breaker : `${breaker} of ${instrument}`;
  return `${date} BREAKER ${what}: a loss of ${percent(measured)} where ${percent(allowed)} is allowed.`;
}
