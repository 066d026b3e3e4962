// The streamlines behind the verdict: drawn from the experiment hash, so that each experiment has its own sky.
// Decoration only: a wind for an edge, a calm for none, fog (broken lines) when nothing can be told.
import { createRng } from "#base/rng.js";
import type { Verdict } from "#domain/run-result.js";
import { type Html, trusted } from "./html.js";
import { coordinate } from "./marks.js";

const WIDTH = 1200;
const HEIGHT = 360;
const LINES = 13;
const STEPS = 40;

const swell: Readonly<Record<Verdict["decision"], number>> = { edge: 34, "not enough evidence": 15, "no edge": 4 };

export function windLines(experimentHash: string, decision: Verdict["decision"]): Html {
  const rng = createRng(`wind/${experimentHash}`);
  const waves = [1, 2, 3].map((k) => ({
    length: (0.7 + 0.5 * rng.next()) * k,
    phase: 2 * Math.PI * rng.next(),
    height: (0.5 + rng.next()) / k,
  }));
  const drift = 0.16 + 0.12 * rng.next();
  let path = "";
  for (let line = 0; line < LINES; line++) {
    const base = ((line + 0.5) / LINES) * HEIGHT;
    for (let step = 0; step <= STEPS; step++) {
      const t = step / STEPS;
      const rise = waves.reduce((sum, wave) => sum + wave.height * Math.sin(2 * Math.PI * wave.length * t + wave.phase + line * drift), 0);
      path += `${step === 0 ? "M" : step === 1 ? "L" : " "}${coordinate(t * WIDTH)} ${coordinate(base + swell[decision] * rise)}`;
    }
  }
  const dash = decision === "not enough evidence" ? ' stroke-dasharray="26 22"' : "";
  return trusted(
    `<svg class="wind" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><path d="${path}"${dash} fill="none"/></svg>`,
  );
}
