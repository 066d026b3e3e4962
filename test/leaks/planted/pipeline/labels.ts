// What is to be foretold: the return from the first price after a decision, over a horizon of sessions. A name without a trade at the end
// is worth its last price.
import type { PipelineOutput } from "#research/leaks/subject.js";
import { blankSheet, type Desk } from "./desk.js";
import { carried, deviation, finite, logChange, mean, rolling } from "./panels.js";

export type LabelKind = "return" | "excess" | "scaled" | "direction";
export type Labels = NonNullable<PipelineOutput["labels"]>;

export function forwardLabels(desk: Desk, kind: LabelKind, horizon: number): Labels {
  const { world, width } = desk;
  const labels: Labels = { value: blankSheet(desk), startAt: blankSheet(desk), endAt: blankSheet(desk) };
  const last = carried(world, world.close, world.sessions.length);
  const usual = kind === "scaled" ? rolling(logChange(last, width, 1), width, 20, deviation) : null;
  const midday = desk.schedule.moment === "midday";
  for (const [d, { closed }] of desk.decisions.entries()) {
    const first = world.sessions[closed + 1];
    const end = closed + horizon + (midday ? 1 : 0);
    const final = world.sessions[end];
    if (first === undefined || final === undefined) continue;
    const row = labels.value.subarray(d * width, (d + 1) * width);
    for (let i = 0; i < width; i++) {
      const entry = (midday ? world.close : world.open)[(closed + 1) * width + i] as number;
      if (!Number.isFinite(entry)) continue;
      const change = Math.log((last[end * width + i] as number) / entry);
      row[i] = usual === null ? change : change / (usual[closed * width + i] as number);
      labels.startAt[d * width + i] = midday ? first.closeAt : first.openAt;
      labels.endAt[d * width + i] = final.closeAt;
    }
    const center = kind === "excess" ? mean(finite(row)) : 0;
    for (let i = 0; i < width; i++) row[i] = kind === "direction" ? Math.sign(row[i] as number) : (row[i] as number) - center;
  }
  return labels;
}
