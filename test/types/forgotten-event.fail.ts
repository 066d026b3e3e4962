// TS1360: whoever handles events handles all of them.
import type { EngineEvent } from "#domain/event.js";

export function nameOf(event: EngineEvent): string {
  switch (event.kind) {
    case "command":
    case "market":
    case "fill":
    case "order-rejected":
    case "order-cancelled":
    case "split":
    case "dividend":
    case "delisting":
    case "fx":
    case "timer":
      return event.kind;
    default:
      // refused:
      throw new Error(String(event satisfies never));
  }
}
