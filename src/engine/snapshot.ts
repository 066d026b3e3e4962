// The whole state of an engine as bytes: taken between any two events, restored into a fresh engine of the same parts.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError, invariant } from "#base/errors.js";
import type { HoldingsState } from "#domain/holdings.js";
import type { Micros } from "#domain/time.js";
import type { ToldReferencesState } from "#domain/told-references.js";
import type { Engine } from "./engine.js";
import type { StandingRefusals } from "./standing-refusals.js";
import type { EngineMode } from "./trading-mode.js";
import type { WorkingOrdersState } from "./working-orders.js";

const MAGIC = "truewind-engine-12";

type Bytes6 = [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];

interface Head {
  readonly magic: string;
  readonly now: Micros;
  readonly mode: EngineMode;
  readonly reason: string;
  readonly afterKill: string;
  readonly orderedAt: number;
  readonly refused: ReturnType<StandingRefusals["save"]>;
  readonly connected: boolean;
  readonly holdings: HoldingsState;
  readonly working: WorkingOrdersState;
  readonly references: ToldReferencesState;
}

export function snapshotEngine(engine: Engine): Uint8Array {
  const { account } = engine;
  invariant(!engine.isBusy, "a snapshot is taken between two events");
  const head: Head = {
    magic: MAGIC,
    now: engine.now,
    mode: engine.mode,
    reason: engine.reason,
    afterKill: engine.reasonAfterKill,
    orderedAt: engine.orders.orderedAt,
    refused: engine.orders.refusals.save(),
    connected: engine.connected,
    holdings: account.holdings.save(),
    working: account.orders.save(),
    references: account.references.save(),
  };
  return new ByteWriter(4096)
    .json(head)
    .f64s(account.saveTotals())
    .f64s(account.desired)
    .f64s(account.basisSince)
    .bytes(engine.breakers.save())
    .bytes(engine.stages.save())
    .bytes(engine.plan.snapshot())
    .bytes(engine.outcomes?.snapshot() ?? new Uint8Array(0))
    .bytes(engine.learner?.snapshot() ?? new Uint8Array(0))
    .bytes(engine.memory?.snapshot() ?? new Uint8Array(0))
    .bytes(engine.execution?.snapshot() ?? new Uint8Array(0))
    .bytes(engine.riskMemory?.snapshot() ?? new Uint8Array(0))
    .bytes(engine.protection?.snapshot() ?? new Uint8Array(0))
    .finish();
}

/** Throws `corrupt-artifact` when the bytes are not such a snapshot. */
export function restoreEngine(engine: Engine, bytes: Uint8Array): void {
  const { account } = engine;
  const reader = new ByteReader(bytes);
  const head = reader.json() as Head;
  if (head.magic !== MAGIC) throw new TruewindError("corrupt-artifact", `This is not an engine snapshot of this version (${head.magic}).`);
  const totals = reader.f64s();
  account.holdings.load(head.holdings);
  account.desired.set(reader.f64s());
  account.basisSince.set(reader.f64s());
  account.orders.load(head.working);
  account.references.load(head.references);
  engine.breakers.load(reader.bytes());
  engine.stages.load(reader.bytes());
  engine.plan.restore(reader.bytes());
  const [outcomes, learned, remembered, paced, watched, paid] = Array.from({ length: 6 }, () => reader.bytes()) as Bytes6;
  engine.outcomes?.restore(outcomes);
  engine.learner?.restore(learned);
  engine.memory?.restore(remembered);
  engine.execution?.restore(paced);
  engine.riskMemory?.restore(watched);
  engine.protection?.restore(paid);
  account.revalue(head.now);
  account.loadTotals(totals);
  engine.orders.orderedAt = head.orderedAt;
  engine.orders.refusals.load(head.refused);
  engine.resumeAt(head.now, head.mode, head.reason, head.afterKill, head.connected);
}
