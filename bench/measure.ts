// Runs one case in interleaved rounds and reduces it to a line of medians. Knows nothing of clocks: cases time themselves.
import type { BenchCase, BenchLine, NotRun, Unit } from "./contract.js";

/** Middle value, or the mean of the two in the middle. Throws on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) throw new RangeError("no values, no median");
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Below 1 we are ahead, whatever the unit. */
export function ratio(unit: Unit, ours: number, peer: number): number {
  return unit.endsWith("/s") ? peer / ours : ours / peer;
}

/**
 * Ours and the peer take turns, and turns in going first, so that a slow moment of the machine hits both.
 * A peer that says "not run" is not asked again; its earlier rounds are dropped.
 * Throws RangeError when a round gives no finite positive number.
 */
export async function measure(bench: string, benchCase: BenchCase, rounds: number): Promise<BenchLine> {
  const { name, unit, peer, floor } = benchCase;
  const ours: number[] = [];
  const theirs: number[] = [];
  let notRun: string | null = null;

  const askOurs = async (): Promise<void> => void ours.push(checked(`${bench}/${name}`, await benchCase.ours()));
  const askPeer = async (): Promise<void> => {
    if (peer === undefined || notRun !== null) return;
    const answer = await peer.run();
    if (isNotRun(answer)) notRun = answer.notRun;
    else theirs.push(checked(`${bench}/${name} of ${peer.name}`, answer));
  };

  for (let round = 0; round < rounds; round++) {
    const turns = round % 2 === 0 ? [askOurs, askPeer] : [askPeer, askOurs];
    for (const turn of turns) await turn();
  }

  const oursMedian = median(ours);
  const peerMedian = notRun === null && theirs.length > 0 ? median(theirs) : null;
  return {
    bench,
    case: name,
    unit,
    ours: oursMedian,
    peer: peerMedian,
    peerName: peer?.name ?? null,
    ratio: peerMedian === null ? null : ratio(unit, oursMedian, peerMedian),
    rounds,
    ...(floor === undefined ? {} : { floor }),
    ...(notRun === null ? {} : { note: `not run: ${notRun}` }),
  };
}

function checked(what: string, value: number): number {
  if (!Number.isFinite(value) || value <= 0) throw new RangeError(`${what} gave ${value}, which is no measurement`);
  return value;
}

function isNotRun(answer: number | NotRun): answer is NotRun {
  return typeof answer !== "number";
}
