// A paper session between two events, as bytes: position in the data, engine, venue, and what was recorded.
import { bigintToText, textToBigint } from "#base/bigint-json.js";
import { ByteWriter } from "#base/bytes.js";
import type { AdviceResult } from "#domain/confidence-result.js";
import type { VenueState } from "#simulation/venue/state.js";
import type { DrivePosition } from "./drive.js";
import type { WatchState } from "#monitoring/session-watch.js";
import type { MarkRow } from "./recorder.js";
import type { RiskAlertState } from "./risk-alerts.js";
import type { ShadowState } from "./shadow-accounts.js";
import { readSealed, sealBytes } from "./sealed-bytes.js";

export interface PaperSnapshot {
  readonly position: DrivePosition;
  /** Journal entries written when it was taken. */
  readonly entries: number;
  readonly engine: Uint8Array;
  readonly venue: VenueState;
  readonly rows: readonly MarkRow[];
  /** Of the last decision, where the portfolio is one of signals. */
  readonly advice: AdviceResult | null;
  readonly watch: WatchState;
  /** Null where nobody wants to hear of risk. */
  readonly risk: RiskAlertState | null;
  readonly shadows: readonly ShadowState[];
}

export function encodeSnapshot({ engine, ...rest }: PaperSnapshot): Uint8Array {
  return sealBytes(new ByteWriter(1 << 16).text(JSON.stringify(rest, bigintToText)).bytes(engine).finish());
}

/** Null when the bytes are damaged: the session then starts from the journal alone. */
export function decodeSnapshot(bytes: Uint8Array): PaperSnapshot | null {
  return readSealed(bytes, (reader) => {
    const rest = JSON.parse(reader.text(), textToBigint) as Omit<PaperSnapshot, "engine">;
    return { ...rest, engine: reader.bytes() };
  });
}
