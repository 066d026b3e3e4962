// The whole state of an engine as bytes: taken between any two events, restored into a fresh engine of the same parts.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { HoldingsState } from "#domain/holdings.js";
import type { Micros } from "#domain/time.js";
import type { Engine, EngineMode } from "./engine.js";
import type { WorkingOrdersState } from "./working-orders.js";

const MAGIC = "truewind-engine-1";

interface Head {
  readonly magic: string;
  readonly now: Micros;
  readonly mode: EngineMode;
  readonly reason: string;
  readonly markedEquity: number;
  readonly tradedSinceMark: number;
  readonly tradedTotal: number;
  readonly holdings: HoldingsState;
  readonly desired: readonly number[];
  readonly working: WorkingOrdersState;
}

export function snapshotEngine(engine: Engine): Uint8Array {
  const { account } = engine;
  const head: Head = {
    magic: MAGIC,
    now: engine.now,
    mode: engine.mode,
    reason: engine.reason,
    markedEquity: account.markedEquity,
    tradedSinceMark: account.tradedSinceMark,
    tradedTotal: account.tradedTotal,
    holdings: account.holdings.save(),
    desired: [...account.desired],
    working: account.orders.save(),
  };
  return new ByteWriter(4096).json(head).bytes(engine.plan.snapshot()).finish();
}

/** Throws `corrupt-artifact` when the bytes are not such a snapshot. */
export function restoreEngine(engine: Engine, bytes: Uint8Array): void {
  const { account } = engine;
  const reader = new ByteReader(bytes);
  const head = reader.json() as Head;
  if (head.magic !== MAGIC) throw new TruewindError("corrupt-artifact", `This is not an engine snapshot of this version (${head.magic}).`);
  account.holdings.load(head.holdings);
  account.desired.set(head.desired);
  account.orders.load(head.working);
  engine.plan.restore(reader.bytes());
  account.revalue(head.now);
  account.markedEquity = head.markedEquity;
  account.tradedSinceMark = head.tradedSinceMark;
  account.tradedTotal = head.tradedTotal;
  engine.resumeAt(head.now, head.mode, head.reason);
}
