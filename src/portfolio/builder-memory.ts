// What a portfolio builder remembers, put together from parts, so that all of it is state of the engine and saved with its snapshot.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import type { MarketMemory, StepCount } from "#ports/stages.js";
import type { Answer } from "./optimization/fallback.js";

export function joinMemories(parts: readonly MarketMemory[]): MarketMemory {
  return {
    market: (batch, start, end) => parts.forEach((part) => part.market(batch, start, end)),
    reference: (event) => parts.forEach((part) => part.reference(event)),
    snapshot() {
      const out = new ByteWriter(1024);
      for (const part of parts) out.bytes(part.snapshot());
      return out.finish();
    },
    restore(snapshot) {
      const reader = new ByteReader(snapshot);
      for (const part of parts) part.restore(reader.bytes());
    },
  };
}

/** How often which step of a chain has answered, and why the last one that failed did. */
export class AnswerLog implements MarketMemory {
  private counts: StepCount[] = [];

  note({ step, failed, gap }: Omit<Answer, "weights">): void {
    const found = this.counts.find((one) => one.step === step);
    const why = failed.join(" ") || (found?.why ?? null);
    const widest = gap === null ? found?.gap : Math.max(gap, found?.gap ?? 0);
    const count: StepCount = { step, times: (found?.times ?? 0) + 1, why, ...(widest === undefined ? {} : { gap: widest }) };
    if (found === undefined) this.counts.push(count);
    else this.counts[this.counts.indexOf(found)] = count;
  }

  get all(): readonly StepCount[] {
    return this.counts;
  }

  market(): void {}

  reference(): void {}

  snapshot(): Uint8Array {
    return new ByteWriter(256).json(this.counts).finish();
  }

  restore(snapshot: Uint8Array): void {
    this.counts = new ByteReader(snapshot).json() as StepCount[];
  }
}
