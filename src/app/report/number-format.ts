// Numbers as people read them: one form per kind of quantity, a real minus sign, a dash for "not known".
// Independent of locale and machine. A result read back from JSON holds null where a NaN was written, so every function takes null.

/** What a JSON round trip may leave in place of a number. */
export type Maybe = number | null | undefined;

/** Shown for NaN, infinities and null. */
export const MISSING = "\u2013";

/** How a charted value is written: value x `factor`, `digits` decimals, then `unit`. Plain data, so the page's script does the same. */
export interface ValueFormat {
  readonly factor: number;
  readonly digits: number;
  readonly unit: string;
}

export const formats = {
  /** Growth of one unit of money: 1.53×. */
  multiple: { factor: 1, digits: 2, unit: "×" },
  percent: { factor: 100, digits: 1, unit: "%" },
  finePercent: { factor: 100, digits: 2, unit: "%" },
  ratio: { factor: 1, digits: 2, unit: "" },
  correlation: { factor: 1, digits: 3, unit: "" },
} as const satisfies Record<string, ValueFormat>;

export function isKnown(value: Maybe): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function fixed(value: number, digits: number): string {
  const text = Math.abs(value) < 1e15 ? value.toFixed(digits) : value.toExponential(2);
  const positive = text.replace("-", "");
  return text.startsWith("-") && /[1-9]/.test(text) ? `\u2212${positive}` : positive;
}

export function formatValue(value: Maybe, format: ValueFormat): string {
  const scaled = isKnown(value) ? value * format.factor : Number.NaN;
  return isKnown(scaled) ? fixed(scaled, format.digits) + format.unit : MISSING;
}

/** 0.1234 as `12.3%`. */
export function percent(value: Maybe, digits = 1): string {
  return formatValue(value, { factor: 100, digits, unit: "%" });
}

/** 0.1234 as `+12.3%`: for differences, where the sign is the message. */
export function signedPercent(value: Maybe, digits = 1): string {
  const text = percent(value, digits);
  return isKnown(value) && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

export function ratio(value: Maybe, digits = 2): string {
  return formatValue(value, { factor: 1, digits, unit: "" });
}

/** Digits in groups of three: `1,234,567`. */
export function grouped(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  const text = fixed(value, 0);
  return text.includes("e") ? text : text.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `USD 1,234,567`, without the small change; below 1000 with two decimals. */
export function money(value: Maybe, currency: string): string {
  if (!isKnown(value)) return MISSING;
  return `${currency} ${Math.abs(value) < 1000 ? fixed(value, 2) : grouped(value)}`;
}

/** A p-value: three decimals, `< 0.001` below, never a bare 0. */
export function pValue(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  return value < 0.001 ? "<\u00a00.001" : value.toFixed(3);
}

/** A yearly turnover of 11.66 as `11.7×`. */
export function times(value: Maybe): string {
  return formatValue(value, { factor: 1, digits: 1, unit: "×" });
}

/** `1 trial`, `12 trials`, `1,204 trials`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
