// Features -> the model that is allowed at this moment -> signals. Composition only: what models learn while they are used is handed from one
// decision to the next here, and nothing else is remembered.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Signals } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";
import type { FittedModel, ModelSchedule, OnlineModel, Opinion } from "#ports/model.js";
import type { Learner, Strategy } from "#ports/stages.js";
import { noSignals } from "./no-signals.js";

/** Before the first model there is no opinion. */
export function createModelStrategy(schedule: ModelSchedule, horizonUs: number): Strategy {
  const learned = new Learned(schedule);
  const decide = (frame: FeatureFrame): Signals | Promise<Signals> => {
    const current = schedule.at(frame.asOf);
    if (current === null) return noSignals(frame, horizonUs);
    const { id, model } = current;
    const wrap = (opinion: Opinion): Signals => ({ asOf: frame.asOf, ...opinion, horizonUs, model: id });
    if (model.online !== undefined) return eventually(model.online.opine(frame, learned.stateFor(id, model.online, frame)), wrap);
    return eventually(saidOf(model, frame), wrap);
  };
  return { name: "model", decide, ...(schedule.learns === true ? { learner: learned } : {}) };
}

function saidOf(model: FittedModel, frame: FeatureFrame): Opinion | Promise<Opinion> {
  if (model.opine !== undefined) return model.opine(frame);
  return eventually(model.predict(frame), (expectedReturn) => ({ expectedReturn, uncertainty: null, confidence: null }));
}

/** The state of the model that spoke last. A model that takes over is handed the state of the one before. */
class Learned implements Learner {
  private state: Float64Array | null = null;
  /** Id of the model whose state it is, and the last moment at which it spoke. */
  private owner = "";
  private spokeAt = 0 as Micros;

  constructor(private readonly schedule: ModelSchedule) {}

  stateFor(id: string, online: OnlineModel, frame: FeatureFrame): Float64Array {
    if (this.state === null || id !== this.owner) this.state = online.begin(frame.instruments, this.state);
    this.owner = id;
    this.spokeAt = frame.asOf;
    return this.state;
  }

  learn(outcome: Parameters<Learner["learn"]>[0]): void {
    const online = this.schedule.at(this.spokeAt)?.model.online;
    if (this.state !== null && online !== undefined) this.state = online.learn(this.state, outcome);
  }

  snapshot(): Uint8Array {
    const { owner, spokeAt, state } = this;
    return new ByteWriter()
      .json({ owner, spokeAt, begun: state !== null })
      .f64s(state ?? new Float64Array(0))
      .finish();
  }

  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    const { owner, spokeAt, begun } = reader.json() as { owner: string; spokeAt: Micros; begun: boolean };
    const state = reader.f64s();
    this.owner = owner;
    this.spokeAt = spokeAt;
    this.state = begun ? state : null;
  }
}

/** Without a detour over the queue where the value is there: a step is synchronous unless its model is not. */
function eventually<T, R>(value: T | Promise<T>, then: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}
