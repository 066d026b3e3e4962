// How long each step of a run took, read off its progress.
import type { Progress } from "../modes/study.js";
import type { Timing } from "../report/extras.js";

export interface Stopwatch {
  readonly progress: Progress;
  timing(): Timing;
}

export function createStopwatch(onProgress: Progress): Stopwatch {
  const stages: { name: string; seconds: number }[] = [];
  let since = performance.now();
  let current = "data";
  const close = (): void => {
    const now = performance.now();
    stages.push({ name: current, seconds: Math.round(now - since) / 1000 });
    since = now;
  };
  return {
    progress(step, done, metrics) {
      if (step !== current) {
        close();
        current = step;
      }
      onProgress(step, done, metrics);
    },
    timing() {
      close();
      return { stages, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 };
    },
  };
}
