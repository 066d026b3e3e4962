// The verb behind `truewind drill`: everything that stops an account, tried on the simulated venue before it is needed. It works in a folder of its
// own, leaves the workspace alone, and never touches a venue that is real.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "#base/hash.js";
import { type ResolvedRisk, riskHash } from "../config/risk-limits.js";
import { openWorkspace } from "../config/workspace.js";
import { breakerSteps } from "./breaker-steps.js";
import type { DrillStep } from "./drill-step.js";
import { processSteps } from "./process-steps.js";
import { reconnectStep } from "./reconnect-step.js";
import { stageStep } from "./stage-step.js";

export interface DrillOptions {
  readonly risk: ResolvedRisk;
  /** How `truewind` is started: the program and its first arguments. */
  readonly program: readonly string[];
  readonly onProgress: (step: string, done: number) => void;
}

export interface DrillReport {
  readonly passed: boolean;
  /** Of the limits that were tried, and where they come from. */
  readonly risk: { readonly profile: string; readonly hash: string };
  readonly steps: readonly DrillStep[];
  /** SHA-256 over names, states and journals of all steps. */
  readonly hash: string;
}

export async function performDrill({ risk, program, onProgress }: DrillOptions): Promise<DrillReport> {
  const folder = mkdtempSync(join(tmpdir(), "truewind-drill-"));
  try {
    const sessions = join(folder, "sessions");
    mkdirSync(sessions);
    onProgress("breakers", 0);
    const steps = [
      ...(await breakerSteps(risk.breakers, sessions)),
      await stageStep(risk.stages ?? [], sessions),
      await reconnectStep(sessions),
    ];
    const workspace = openWorkspace(join(folder, "workspace"));
    steps.push(...(await processSteps({ workspace, program, onProgress })));
    return {
      passed: steps.every(({ state }) => state !== "failed"),
      risk: { profile: risk.profile, hash: riskHash(risk) },
      steps,
      hash: sha256(steps.map(({ name, state, hash }) => `${name} ${state} ${hash}`).join("\n")),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
