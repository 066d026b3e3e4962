// Explanations in plain words, shared by the terminal and the page.
import { type Amounts, amountsFor } from "./amounts.js";
import type { DecisionExplanation, ExplainedName, ExplanationWay, Unit } from "./explanation.js";
import { grouped, isKnown } from "./number-format.js";

/** Of one name. */
export const amountsOf = (name: ExplainedName, { unit }: Pick<DecisionExplanation, "unit">): Amounts =>
  amountsFor(
    unit,
    name.features.map(({ adds }) => adds),
  );

/** "AAPL is expected +0.42% over 5 sessions, 0.30 points above the mean prediction of all 58 names (+0.12%), 3rd highest of 58: ..." */
export function nameSentence(name: ExplainedName, decision: DecisionExplanation, most: number): string {
  const { way, verb, horizon, compared } = decision;
  const { whole, part, size } = amountsOf(name, decision);
  const start = `${name.instrument} ${verb} ${whole(name.prediction)} ${horizon}`;
  if (way === null) return `${start}.`;
  const far = name.prediction - way.base;
  const beside = `${size(far)} ${far >= 0 ? "above" : "below"} ${way.baseIs} of ${compared} (${whole(way.base)})`;
  const place = `${placeWords(name.above + 1, name.predicted)} of ${grouped(name.predicted)}`;
  const listed = name.features.slice(0, most);
  if (listed.length === 0) return `${start}, ${beside}, ${place}: no feature sets it apart.`;
  const rest = far - listed.reduce((sum, { adds }) => sum + adds, 0);
  const others = name.others + name.features.length - listed.length;
  const tail = others === 0 ? "" : `; ${grouped(others)} other${others === 1 ? "" : "s"} together (${part(rest)})`;
  return `${start}, ${beside}, ${place}: ${listed.map(({ feature, adds }) => `${feature} (${part(adds)})`).join(", ")}${tail}.`;
}

function placeWords(place: number, of: number): string {
  if (place === 1) return "the highest";
  if (place === of) return "the lowest";
  const low = place > of / 2;
  const n = low ? of - place + 1 : place;
  const ending = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${grouped(n)}${ending} ${low ? "lowest" : "highest"}`;
}

/** "Found by linear SHAP: exact.", or with what is approximate about it. */
export function waySentence({ method, accuracy }: ExplanationWay, error: number, unit: Unit): string {
  const amount = unit === "return" ? error * 100 : error;
  const words = unit === "return" ? " points" : "";
  const size = error === 0 ? "" : amount < 1e-4 ? ` (below 0.0001${words})` : ` (up to ${Number(amount.toPrecision(2))}${words})`;
  return `Found by ${method}: ${accuracy}${size}.`;
}

export function orderWords({ lots }: ExplainedName): string | null {
  if (lots === null) return null;
  return lots === 0
    ? "not ordered"
    : `${lots > 0 ? "bought" : "sold"} (${grouped(Math.abs(lots))} ${Math.abs(lots) === 1 ? "lot" : "lots"})`;
}

/** A value of a feature, in as many digits as tell values apart. */
export function featureValue(value: number | null): string {
  if (!isKnown(value)) return "not known";
  const text =
    Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4) ? value.toExponential(2) : Number(value.toPrecision(4)).toString();
  return text.replace("-", "\u2212");
}

/** "higher than 91% of names" */
export function shareBelow(below: number | null): string {
  return isKnown(below) ? `${Math.round(below * 100)}%` : "";
}
