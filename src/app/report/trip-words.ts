// What a tripped breaker says to a person, and how much was out of the ordinary.
import type { TripRecord } from "#domain/breaker.js";
import { counted, percent } from "./number-format.js";

export function tripSentence({ breaker, date, instrument, measured, allowed }: TripRecord): string {
  if (breaker === "kill") return `${date} KILLED: all orders were called back.`;
  const what = instrument === null ? breaker : `${breaker} of ${instrument}`;
  return `${date} BREAKER ${what}: a loss of ${percent(measured)} where ${percent(allowed)} is allowed.`;
}

export function alertSentence(alerts: number, trips: number): string {
  if (alerts > 0) return `${counted(alerts, "alert")}.`;
  return trips === 0 ? "Nothing was out of the ordinary." : "No alert beside the breakers that opened.";
}
