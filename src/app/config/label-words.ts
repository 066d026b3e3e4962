// What an experiment's label is, in words. A prediction is told in the unit of its label: what is no return is never called one.
import type { LabelUnit } from "#domain/signal.js";
import type { Experiment } from "./experiment.js";

type Label = Experiment["label"];

/** Null where labels are returns. */
export function labelUnit(label: Label): LabelUnit | null {
  if (label.kind === "volatility-scaled") return "deviations";
  return label.kind === "direction" || (label.kind === "triple-barrier" && label.target === "class") ? "class" : null;
}

/** As in "models learn the return over 5 sessions less the mean of the universe". */
export function labelWords(label: Label, unit: "session" | "bar"): string {
  const over = overWords(label, unit);
  switch (label.kind) {
    case "forward":
      return `return ${over}`;
    case "excess":
      return `return ${over} less the mean of the universe`;
    case "volatility-scaled":
      return `return ${over}${lessMean(label.of)}, divided by the volatility of that span known at the decision`;
    case "direction":
      return `direction of the return ${over}${lessMean(label.of)}: 1 up, -1 down${label.deadBand > 0 ? `, 0 within ${Number((label.deadBand * 100).toPrecision(4))} %` : ""}`;
    case "triple-barrier": {
      const ends = `${barrierWords(label)} or ${over.replace("over ", "")}, whichever comes first`;
      return label.target === "return" ? `return until ${ends}` : `what ends a holding, ${ends}: 1 the profit, -1 the loss, 0 neither`;
    }
    default:
      return label satisfies never;
  }
}

/** How an explanation speaks of a prediction: "AAPL is expected +0.42% over 5 sessions". */
export function predictionWords(
  label: Label,
  unit: "session" | "bar",
): { readonly unit: "return" | "number"; readonly verb: string; readonly horizon: string } {
  const over = overWords(label, unit);
  switch (labelUnit(label)) {
    case null:
      return {
        unit: "return",
        verb: "is expected",
        horizon:
          label.kind === "excess"
            ? `${over} against the mean of the universe`
            : label.kind === "triple-barrier"
              ? `at the first of its barriers or ${over.replace("over", "after")}`
              : over,
      };
    case "deviations":
      return { unit: "number", verb: "is expected", horizon: `volatilities ${over}` };
    case "class":
      return { unit: "number", verb: "is scored", horizon: `${over} (1 is sure to rise, -1 to fall)` };
  }
}

function overWords({ horizon }: Label, unit: string): string {
  return `over ${horizon} ${unit}${horizon === 1 ? "" : "s"}`;
}

const lessMean = (of: "forward" | "excess"): string => (of === "excess" ? " less the mean of the universe" : "");

function barrierWords({ profit, stop }: Extract<Label, { kind: "triple-barrier" }>): string {
  const sides = [...(profit === null ? [] : [`a profit of ${profit} x`]), ...(stop === null ? [] : [`a loss of ${stop} x`])];
  return sides.length === 0 ? "no barrier" : `${sides.join(" or ")} the volatility known at the decision`;
}
