// Exact money: integers of 1e-6 currency units ("micro"), and of 1e-24 ("fine") for what is left when an amount is rounded to them.
// A tick x lot may be as small as 1e-24: both are decimals of up to 12 places. No float ever holds a balance.
import { TruewindError, invariant } from "#base/errors.js";
import type { Instrument } from "./instrument.js";

export const FINE_PER_MICRO = 10n ** 18n;
const FINE_PLACES = 24;
const MAX_PLACES = 12;
const powersOfTen = Array.from({ length: FINE_PLACES + 1 }, (_, i) => 10n ** BigInt(i));

/** What one tick x one lot is worth, precomputed per instrument: `parts` / `partsPerMicro` micro units, in lowest terms. */
export interface MoneyScale {
  /** Fine units (1e-24) per tick x lot; positive. */
  readonly fine: bigint;
  /** NaN above 2^53; then all arithmetic is bigint. */
  readonly parts: number;
  /** 1 when every amount is a whole number of micro units; a divisor of 1e18. */
  readonly partsPerMicro: number;
  readonly finePerPart: bigint;
}

/** Throws `bad-config` when tick or lot is not a positive decimal of at most 12 places. */
export function createMoneyScale(instrument: Pick<Instrument, "id" | "tickSize" | "lotSize">): MoneyScale {
  const part = (what: string, value: number): Decimal => {
    const decimal = value > 0 && Number.isFinite(value) ? decimalOf(value) : null;
    if (decimal !== null && decimal.places <= MAX_PLACES) return decimal;
    throw new TruewindError("bad-config", `The ${what} of ${instrument.id} must be a positive decimal of at most 12 places, not ${value}.`);
  };
  const fine = productFine(part("tick size", instrument.tickSize), part("lot size", instrument.lotSize));
  const finePerPart = greatestCommonDivisor(fine, FINE_PER_MICRO);
  const parts = Number(fine / finePerPart);
  const partsPerMicro = Number(FINE_PER_MICRO / finePerPart);
  const small = parts <= Number.MAX_SAFE_INTEGER && partsPerMicro <= Number.MAX_SAFE_INTEGER / 2;
  return { fine, parts: small ? parts : Number.NaN, partsPerMicro, finePerPart };
}

/** Value of `lots` at `ticks` in micro units, rounded half to even; the sign is that of ticks x lots. Non-integers: `invariant`. */
export function notionalMicro(ticks: number, lots: number, scale: MoneyScale): bigint {
  if (!Number.isSafeInteger(ticks) || !Number.isSafeInteger(lots)) invariant(false, `${ticks} ticks x ${lots} lots are not whole numbers`);
  const parts = ticks * lots * scale.parts;
  if (!isExact(parts)) return fineToMicro(notionalFine(ticks, lots, scale));
  const { partsPerMicro } = scale;
  const rest = parts % partsPerMicro;
  const micro = (parts - rest) / partsPerMicro;
  const twice = 2 * Math.abs(rest);
  const up = twice > partsPerMicro || (twice === partsPerMicro && micro % 2 !== 0);
  return BigInt(up ? micro + Math.sign(parts) : micro);
}

/** `roundedMicro`, which `notionalMicro` gave, minus the exact value, in fine units. */
export function roundingFine(ticks: number, lots: number, scale: MoneyScale, roundedMicro: bigint): bigint {
  const parts = ticks * lots * scale.parts;
  const rounded = Number(roundedMicro) * scale.partsPerMicro;
  if (isExact(parts) && isExact(rounded)) return BigInt(rounded - parts) * scale.finePerPart;
  return roundedMicro * FINE_PER_MICRO - notionalFine(ticks, lots, scale);
}

/** A product of integers computed in doubles is exact when it stays below 2^53; false for NaN. */
function isExact(product: number): boolean {
  return product <= Number.MAX_SAFE_INTEGER && product >= Number.MIN_SAFE_INTEGER;
}

/** The same value exactly, in fine units. */
function notionalFine(ticks: number, lots: number, scale: MoneyScale): bigint {
  return BigInt(ticks) * BigInt(lots) * scale.fine;
}

export function fineToMicro(fine: bigint): bigint {
  return divideHalfEven(fine, FINE_PER_MICRO);
}

/** numerator / denominator to the nearest integer, halves to the even one; symmetric in sign. The denominator is positive. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator; // towards zero
  const rest = numerator % denominator;
  const twice = rest < 0n ? -2n * rest : 2n * rest;
  const up = twice > denominator || (twice === denominator && quotient % 2n !== 0n);
  return up ? quotient + (numerator < 0n ? -1n : 1n) : quotient;
}

/** `digits` / 10^`places`. */
export interface Decimal {
  readonly digits: bigint;
  /** At least 0. */
  readonly places: number;
}

/** The shortest decimal that reads back as this number: 0.1 is one tenth, as the person who wrote it meant. Not finite: `invariant`. */
export function decimalOf(value: number): Decimal {
  // Up to 15 significant digits no two decimals share a double, so a short one that reads back as `value` is the one.
  const millionths = Math.round(value * 1e6);
  if (Math.abs(millionths) < 1e15 && millionths / 1e6 === value) return { digits: BigInt(millionths), places: 6 };
  if (!Number.isFinite(value)) invariant(false, `an amount of money is ${value}`);
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  const point = mantissa.indexOf(".");
  const places = (point < 0 ? 0 : mantissa.length - point - 1) - Number(exponent);
  const digits = BigInt(mantissa.replace(".", ""));
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}

/** The product in fine units; what is smaller than 1e-24 is rounded half to even. */
export function productFine(a: Decimal, b: Decimal): bigint {
  const places = a.places + b.places;
  const product = a.digits * b.digits;
  if (places <= FINE_PLACES) return product * (powersOfTen[FINE_PLACES - places] as bigint);
  return divideHalfEven(product, 10n ** BigInt(places - FINE_PLACES));
}

/** Nearest micro units of an amount in currency units. */
export function toMicro(amount: number): bigint {
  return fineToMicro(productFine(decimalOf(amount), { digits: 1n, places: 0 }));
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}
