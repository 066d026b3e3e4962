// Keeps shorts within what can be borrowed at the moment of a decision: more is not asked for, and what was recalled is covered. Between two
// decisions a recalled short stays, pays its fee, and the venue lets it grow no further.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { joinMemories } from "./builder-memory.js";

/** Lots of an instrument that can be borrowed at a moment (Micros); Infinity where nothing bounds them. */
export type Borrowable = (instrument: number, at: number) => number;

export function withBorrow(builder: PortfolioBuilder, borrowable: Borrowable): PortfolioBuilder {
  let unborrowed = 0;
  const counter = {
    market: () => undefined,
    reference: () => undefined,
    snapshot: () => new ByteWriter(8).u32(unborrowed).finish(),
    restore: (snapshot: Uint8Array) => void (unborrowed = new ByteReader(snapshot).u32()),
  };
  const { adjust } = builder;
  return {
    memory: joinMemories(builder.memory === undefined ? [counter] : [builder.memory, counter]),
    unborrowed: () => unborrowed,
    ...(builder.answers === undefined ? {} : { answers: builder.answers }),
    build(signals, frame, view, within) {
      const target = builder.build(signals, frame, view, within);
      const weights = target.weights.map((weight, i) => {
        const most = borrowable(i, view.asOf);
        if (most === Number.POSITIVE_INFINITY) return weight;
        const wanted = Number.isNaN(weight) ? (view.lots[i] as number) : Math.ceil(lotsOf(weight, i, view) - 1e-9);
        if (!(wanted < -most)) return weight;
        unborrowed++;
        // Half a lot more is cut to `most` again: a quotient of floats would now and then lose one.
        return most === 0 ? 0 : (-(most + 0.5) * (view.lotValue[i] as number)) / view.equity;
      });
      return { ...target, weights };
    },
    ...(adjust === undefined
      ? {}
      : {
          adjust(asOf, since, view, desired) {
            const answer = adjust(asOf, since, view, desired);
            for (let i = 0; i < desired.length; i++) desired[i] = Math.max(desired[i] as number, -borrowable(i, asOf));
            return answer;
          },
        }),
  };
}

function lotsOf(weight: number, i: number, view: PortfolioView): number {
  return (weight * view.equity) / (view.lotValue[i] as number);
}
