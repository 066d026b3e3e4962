// When in a session the volume comes: the mean of past sessions by bar of the session, recent ones counting more. A fold over bars; today's
// session counts from tomorrow on.
import type { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { Session } from "#domain/session.js";

/** Weight that a session loses with each newer one: a mean age of about twenty. */
const DECAY = 1 - 1 / 20;

export class VolumeCurve {
  /** Bar of its session, from 0, and session, for each step. */
  private readonly slotOf: Int32Array;
  private readonly dayOf: Int32Array;
  private readonly slots: number;
  /** `[instrument][slot]`, units: past sessions, decayed, and the session under way. */
  private readonly past: Float64Array;
  private readonly today: Float64Array;
  /** Sessions in `past`, decayed alike; and the session under way, -1 before the first. */
  private readonly weight: Float64Array;
  private readonly day: Float64Array;

  /** `steps`: single bars, or whole sessions; ascending, without overlap. */
  constructor(
    private readonly steps: readonly Session[],
    instruments: number,
  ) {
    this.slotOf = new Int32Array(steps.length);
    this.dayOf = new Int32Array(steps.length);
    for (let s = 1; s < steps.length; s++) {
      const same = steps[s]?.date === steps[s - 1]?.date;
      this.slotOf[s] = same ? (this.slotOf[s - 1] as number) + 1 : 0;
      this.dayOf[s] = (this.dayOf[s - 1] as number) + (same ? 0 : 1);
    }
    this.slots = this.slotOf.reduce((most, slot) => Math.max(most, slot + 1), 0);
    this.past = new Float64Array(instruments * this.slots);
    this.today = new Float64Array(instruments * this.slots);
    this.weight = new Float64Array(instruments);
    this.day = new Float64Array(instruments).fill(-1);
  }

  /** Units that traded within a step; NaN counts as none. */
  add(instrument: number, step: number, volume: number): void {
    const day = this.dayOf[step] as number;
    if (day > (this.day[instrument] as number)) this.close(instrument, day);
    if (day < (this.day[instrument] as number) || !(volume > 0)) return;
    const at = instrument * this.slots + (this.slotOf[step] as number);
    this.today[at] = (this.today[at] as number) + volume;
  }

  /** Forecast for steps `from` to `to` (exclusive), units; NaN before the first whole session. */
  between(instrument: number, from: number, to: number): number {
    const weight = this.weight[instrument] as number;
    let sum = 0;
    for (let s = from; s < Math.min(to, this.steps.length); s++)
      sum += this.past[instrument * this.slots + (this.slotOf[s] as number)] as number;
    return sum / weight; // 0 / 0 is NaN: nothing is known
  }

  split(instrument: number, ratio: number): void {
    for (let at = instrument * this.slots; at < (instrument + 1) * this.slots; at++) {
      this.past[at] = (this.past[at] as number) * ratio;
      this.today[at] = (this.today[at] as number) * ratio;
    }
  }

  save(writer: ByteWriter): void {
    writer.f64s(this.past).f64s(this.today).f64s(this.weight).f64s(this.day);
  }

  /** Throws `corrupt-artifact` when it is of other instruments or other sessions. */
  load(reader: ByteReader): void {
    for (const own of [this.past, this.today, this.weight, this.day]) {
      const saved = reader.f64s();
      if (saved.length !== own.length)
        throw new TruewindError("corrupt-artifact", "The snapshot holds the volume of other instruments or of other sessions.");
      own.set(saved);
    }
  }

  private close(instrument: number, day: number): void {
    const first = (this.day[instrument] as number) < 0;
    this.day[instrument] = day;
    if (first) return;
    for (let at = instrument * this.slots; at < (instrument + 1) * this.slots; at++) {
      this.past[at] = DECAY * (this.past[at] as number) + (this.today[at] as number);
      this.today[at] = 0;
    }
    this.weight[instrument] = DECAY * (this.weight[instrument] as number) + 1;
  }
}
