// What goes wrong in one simulated world: plain data drawn from the seed. Each kind is on or off, so that a failure can be made smaller.
import type { Rng } from "#base/rng.js";
import type { Command } from "#domain/event.js";
import { MINUTE_US, SECOND_US } from "#domain/time.js";
import type { SimMarket } from "./market.js";

export const FAULT_KINDS = [
  "loss",
  "duplication",
  "reordering",
  "delay",
  "disconnects",
  "feed",
  "clock",
  "short-writes",
  "full-disk",
  "failing-syncs",
  "kills",
  "power",
  "commands",
  "lies",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

interface Window {
  readonly from: number;
  readonly to: number;
}

/** A death of the process: at a moment, or at one of the disk's points counted from the last death. */
export interface Death {
  readonly at: { readonly moment: number } | { readonly point: number };
  /** True when the power fails, and what was not synced may be lost. */
  readonly power: boolean;
  /** Until it is started again. */
  readonly downUs: number;
}

export interface Faults {
  readonly kinds: readonly FaultKind[];
  /** Chances per message to and from the exchange. */
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
  /** Longest extra time on the way, µs. */
  readonly delayUs: number;
  readonly disconnects: readonly Window[];
  /** Chances per slice of the feed. */
  readonly feed: { readonly loss: number; readonly duplication: number; readonly lateUs: number };
  readonly clock: readonly { readonly at: number; readonly by: number }[];
  readonly shortWrites: number;
  readonly failingSyncs: number;
  readonly fullDisk: readonly Window[];
  readonly deaths: readonly Death[];
  readonly commands: readonly { readonly at: number; readonly command: Command }[];
  /** Chance per fill that the exchange adds a lie. */
  readonly lies: number;
  /** Before it anything may go wrong, behind it nothing does: the world comes to rest. */
  readonly quietFrom: number;
}

const COMMANDS: readonly Command[] = [
  { kind: "halt", reason: "a person says halt" },
  { kind: "flatten", reason: "a person says flatten" },
  { kind: "resume", by: "a person", reason: "go on" },
  { kind: "kill", reason: "a person pulls the plug", flatten: false },
  { kind: "kill", reason: "a person pulls the plug", flatten: true },
  { kind: "approve", by: "a person", reason: "looked", breaker: null },
  { kind: "approve", by: "a person", reason: "looked", breaker: "drawdown" },
];

const STAGE_COMMANDS: readonly Command[] = ["half", "half", "all", "all", "small"].map((stage) => ({
  kind: "stage",
  by: "a person",
  reason: "it went well",
  stage,
}));

/** `kinds`: those that may occur; left out, each is on by chance. */
export function drawFaults(rng: Rng, market: SimMarket, staged: boolean, kinds?: readonly FaultKind[]): Faults {
  const said = staged ? [...COMMANDS, ...STAGE_COMMANDS] : COMMANDS;
  const drawn = FAULT_KINDS.filter((kind) => rng.fork(kind).next() < (kind === "lies" ? 0.1 : 0.35));
  const on = kinds ?? drawn;
  const from = (market.sessions[0] as { openAt: number }).openAt - MINUTE_US;
  const quietFrom = (market.sessions.at(-1) as { openAt: number }).openAt - MINUTE_US;
  const before = market.timers.filter((timer) => timer.at < quietFrom - MINUTE_US);
  /** A moment of one of the sessions but the last: of half of them while the orders of a decision are on their way. */
  const moment = (of: Rng): number => {
    if (of.next() < 0.5) return (before[of.int(before.length)] as { at: number }).at + Math.floor(of.next() * 3 * SECOND_US);
    const session = market.sessions[of.int(market.sessions.length - 1)] as { openAt: number; closeAt: number };
    return Math.floor(session.openAt - MINUTE_US + of.next() * (session.closeAt - session.openAt + 2 * MINUTE_US));
  };
  const times = <T>(kind: FaultKind, most: number, draw: (of: Rng) => T): T[] => {
    if (!on.includes(kind)) return [];
    const of = rng.fork(`${kind}/plan`);
    return Array.from({ length: 1 + of.int(most) }, () => draw(of));
  };
  const chance = (kind: FaultKind, most: number): number => (on.includes(kind) ? most * rng.fork(`${kind}/rate`).next() : 0);
  const window = (of: Rng, longest: number): Window => {
    const start = moment(of);
    return { from: start, to: Math.min(quietFrom, Math.floor(start + SECOND_US + of.next() * longest)) };
  };
  const death = (power: boolean) => (of: Rng) => ({
    at: of.next() < 0.3 ? { moment: moment(of) } : { point: 1 + of.int(60) },
    power,
    downUs: of.next() < 0.4 ? 0 : Math.floor(of.next() * 5 * MINUTE_US),
  });
  return {
    kinds: on,
    loss: chance("loss", 0.3),
    duplication: chance("duplication", 0.5),
    reordering: chance("reordering", 0.5),
    delayUs: chance("delay", 1) * 2 * SECOND_US,
    disconnects: times("disconnects", 3, (of) => window(of, 3 * MINUTE_US)),
    feed: {
      loss: chance("feed", 0.2),
      duplication: chance("feed", 0.4),
      lateUs: chance("feed", 1) * 150 * SECOND_US,
    },
    clock: times("clock", 3, (of) => {
      const size = of.next() < 0.5 ? 2 * SECOND_US : 4 * MINUTE_US;
      return { at: moment(of), by: Math.floor((2 * of.next() - 1) * size) };
    }),
    shortWrites: chance("short-writes", 0.5),
    failingSyncs: chance("failing-syncs", 0.05),
    fullDisk: times("full-disk", 2, (of) => window(of, 3 * MINUTE_US)),
    deaths: [...times("kills", 4, death(false)), ...times("power", 3, death(true))],
    commands: times("commands", 6, (of) => ({ at: moment(of), command: said[of.int(said.length)] as Command })),
    lies: chance("lies", 0.3),
    quietFrom: Math.max(from, quietFrom),
  };
}
