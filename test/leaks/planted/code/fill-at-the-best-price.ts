// An order is filled at a price of its day that only the end of the day shows, and is stamped at the open; mended, it has the price of its
// moment, and a resting order is known to be filled when the day is over.
import type { World } from "#research/leaks/subject.js";
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { buyBest, type Filler, nextPrice } from "../pipeline/trade.js";

type Way = "low" | "average" | "better of both ends" | "limit" | "low on wild days";
const ways: readonly Way[] = ["low", "average", "limit", "better of both ends", "low on wild days"];

export const fillAtTheBestPrice = codeLeak({
  kind: "fill at the best price",
  plan(draft) {
    const way = draft.turn(ways);
    const moment = draft.turn(["morning", "close", "evening"] as const);
    const below = 0.002 + 0.002 * draft.rng.int(4); // of a limit, under the last close
    const wild = 0.03;
    const study = { ...draft, schedule: { ...draft.schedule, moment } };
    return {
      place: "fills",
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const atOpen = nextPrice(desk);
        const resting: Filler = (order) => {
          const done = atOpen(order);
          const session = world.sessions[order.closed + 1];
          const limit = (world.close[order.closed * desk.width + order.symbol] as number) * (1 - below);
          const low = world.low[(order.closed + 1) * desk.width + order.symbol] as number;
          if (done === null || session === undefined || !(low <= limit)) return null;
          return { ...done, at: leaky ? session.openAt : session.closeAt, price: limit };
        };
        const lucky: Filler = (order) => {
          const done = atOpen(order);
          const price = priceOf(world, (order.closed + 1) * desk.width + order.symbol, way, wild);
          return done === null || !Number.isFinite(price) ? done : { ...done, price };
        };
        const filler = way === "limit" ? resting : leaky ? lucky : atOpen;
        return finish(desk, study, {
          ending: "fills",
          features: ordinaryFeatures(desk, study),
          fills: (scores) => buyBest(desk, scores, study.top, filler),
        });
      },
    };
  },
});

function priceOf(world: World, cell: number, way: Way, wild: number): number {
  const [open, high, low, close] = [world.open, world.high, world.low, world.close].map((column) => column[cell] as number) as [
    number,
    number,
    number,
    number,
  ];
  switch (way) {
    case "average":
      return (open + high + low + close) / 4;
    case "better of both ends":
      return Math.min(open, close);
    case "low on wild days":
      return high / low - 1 > wild ? (low + open) / 2 : open;
    default:
      return low;
  }
}
