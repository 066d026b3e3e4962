// A certificate in the terminal: the same sentences as on its page.
import { counted, percent, signedPercent } from "../report/number-format.js";
import type { Certificate } from "./certificate.js";
import { headlines } from "./certificate-page.js";

export function certificateLines({ decision, because, rules, figures, over, run, from, to, seal }: Certificate): readonly string[] {
  const width = Math.max(...rules.map(({ title }) => title.length));
  const { sharpe, luck } = figures;
  return [
    `CERTIFICATE: ${headlines[decision]}`,
    because,
    "",
    `${run}, ${from} to ${to}: ${counted(figures.sessions, "session")}, ${signedPercent(figures.netReturn, 2)} net; ${over} ${signedPercent(figures.baselineReturn, 2)}.`,
    "",
    ...(["necessary", "sufficient"] as const).flatMap((kind) => [
      kind === "necessary" ? "Necessary" : "Sufficient, with those above",
      ...rules
        .filter((rule) => rule.kind === kind)
        .map(
          ({ title, passed, figure, bar }) =>
            `  ${passed === null ? "open  " : passed ? "kept  " : "BROKEN"}  ${title.padEnd(width)}  ${(figure ?? "\u2013").padEnd(16)}  ${bar}`,
        ),
    ]),
    ...(sharpe === null
      ? []
      : [
          "",
          `An annual Sharpe ratio over ${counted(figures.sessions, "session")} has a standard error of ${sharpe.error.toFixed(1)} (${sharpe.independentError.toFixed(1)} were they independent).`,
        ]),
    ...(luck === null
      ? []
      : [
          `By luck alone the rules on return and Sharpe ratio are broken in ${percent(luck.fails, 0)} of stretches of its own backtest, and kept without its edge in ${percent(luck.passesWithout, 0)}.`,
        ]),
    "",
    `Seal ${seal}`,
  ];
}
