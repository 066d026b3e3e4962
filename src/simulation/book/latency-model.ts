// How long a request takes to the venue and an answer back, in whole microseconds. A line keeps its order: what was sent later never
// overtakes (the venue sees to that).
import { TruewindError } from "#base/errors.js";
import type { Rng } from "#base/rng.js";
import type { Tape } from "./tape.js";

export interface LatencyModel {
  /** The model as a sentence for the report. */
  readonly words: string;
  /** From here, at a moment of our clock, to the venue. NaN: the request is lost there, and comes back refused after `responseUs`. */
  entryUs(at: number): number;
  /** From the venue, at a moment of its clock, to here. */
  responseUs(at: number): number;
  save(): readonly number[];
  load(state: readonly number[]): void;
}

const stateless = { save: (): readonly number[] => [], load: (): void => undefined };

export function constantLatency(entryUs: number, responseUs: number): LatencyModel {
  return {
    words: `constant latency: ${entryUs} us to the venue, ${responseUs} us back.`,
    entryUs: () => entryUs,
    responseUs: () => responseUs,
    ...stateless,
  };
}

/** The shortest way plus an exponential delay with mean `jitterUs`, drawn anew each way: seeded, and independent of the market. */
export function jitteredLatency(entryUs: number, responseUs: number, jitterUs: number, rng: Rng): LatencyModel {
  const [out, back] = [rng.fork("entry"), rng.fork("response")];
  const delay = (chance: Rng): number => Math.round(-jitterUs * Math.log(1 - chance.next()));
  return {
    words: `jittered latency: ${entryUs} us to the venue and ${responseUs} us back, each plus an exponential delay with mean ${jitterUs} us.`,
    entryUs: () => entryUs + delay(out),
    responseUs: () => responseUs + delay(back),
    save: () => [...out.save(), ...back.save()],
    load(state) {
      out.load(state.slice(0, state.length / 2));
      back.load(state.slice(state.length / 2));
    },
  };
}

/** One request of a recording: when it was sent, when the venue had it (0 or less: it was refused there), when the answer came. Micros. */
export interface RecordedRequest {
  readonly sentAt: number;
  readonly venueAt: number;
  readonly answeredAt: number;
}

/**
 * Between two recorded requests the latency is a straight line, before the first and behind the last it is theirs; next to a request that the
 * venue refused, ours is refused as well. Throws `bad-file` when the requests run backwards in time or are none.
 */
export function recordedLatency(requests: readonly RecordedRequest[]): LatencyModel {
  const accepted = requests.filter(({ venueAt }) => venueAt > 0);
  requests.forEach(({ sentAt, venueAt, answeredAt }, k) => {
    const isSound = answeredAt >= sentAt && (venueAt <= 0 || (venueAt >= sentAt && answeredAt >= venueAt));
    const isNext = k === 0 || sentAt >= (requests[k - 1] as RecordedRequest).sentAt;
    if (!isSound || !isNext)
      throw new TruewindError(
        "bad-file",
        `Recorded request ${k + 1} runs backwards in time: sent ${sentAt}, at the venue ${venueAt}, answered ${answeredAt}.`,
      );
  });
  if (accepted.length === 0)
    throw new TruewindError("bad-file", "A recording of latencies needs at least one request that the venue took.");
  const sent = Float64Array.from(requests, ({ sentAt }) => sentAt);
  const ways = Float64Array.from(requests, ({ sentAt, venueAt }) => (venueAt > 0 ? venueAt - sentAt : Number.NaN));
  // Answers may pass the venue in another order than their requests were sent.
  accepted.sort((a, b) => a.venueAt - b.venueAt);
  const taken = Float64Array.from(accepted, ({ venueAt }) => venueAt);
  const back = Float64Array.from(accepted, ({ venueAt, answeredAt }) => answeredAt - venueAt);
  return {
    words: `recorded latency: ${requests.length} recorded requests, a straight line between neighbors.`,
    entryUs: (at) => between(sent, ways, at),
    responseUs: (at) => between(taken, back, at),
    ...stateless,
  };
}

/**
 * What the market data took at that moment, times `entryFactor` on the way there and `responseFactor` on the way back: the newest row stamped
 * by then tells it. Before the first row it is that of the first.
 */
export function feedLatency(tape: Tape, entryFactor: number, responseFactor: number): LatencyModel {
  const took = (at: number): number => {
    const row = Math.max(0, lastAtOrBefore(tape.at, tape.length, at));
    return tape.length === 0 ? 0 : (tape.seenAt[row] as number) - (tape.at[row] as number);
  };
  return {
    words: `latency of the feed: what market data took at the time, times ${entryFactor} to the venue and ${responseFactor} back.`,
    entryUs: (at) => Math.round(took(at) * entryFactor),
    responseUs: (at) => Math.round(took(at) * responseFactor),
    ...stateless,
  };
}

function between(times: Float64Array, values: Float64Array, at: number): number {
  const left = lastAtOrBefore(times, times.length, at);
  if (left < 0) return values[0] as number;
  if (left === times.length - 1) return values[left] as number;
  const [from, to] = [times[left] as number, times[left + 1] as number];
  const [low, high] = [values[left] as number, values[left + 1] as number];
  return Math.floor(low + ((high - low) / (to - from)) * (at - from));
}

/** Index of the last time at or before a moment; -1 when there is none. */
function lastAtOrBefore(times: Float64Array, length: number, at: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
