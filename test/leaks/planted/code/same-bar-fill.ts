// What a bar's close decided is traded inside that bar; mended, at the first price after the decision.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import type { World } from "#research/leaks/subject.js";
import { buyBest, nextPrice } from "../pipeline/trade.js";

type Price = "open" | "close" | "middle" | "typical";

export const sameBarFill = codeLeak({
  kind: "same-bar fill",
  plan(draft) {
    const price = draft.turn(["close", "open", "typical", "middle"] as readonly Price[]);
    const moment = draft.turn(["close", "evening"] as const, 2);
    const atOpen = price === "open" || (price === "typical" && draft.turn([true, false], 4));
    const busy = draft.turn([0, 0, 1.3]); // above 0: only where trade has risen so many times
    const study = { ...draft, schedule: { ...draft.schedule, moment } };
    return {
      place: "fills",
      run(world, leaky) {
        const desk = deskOf(world, study);
        const later = nextPrice(desk);
        return finish(desk, study, {
          ending: "fills",
          features: ordinaryFeatures(desk, study),
          fills: (scores) =>
            buyBest(desk, scores, study.top, (order) => {
              const { decision, symbol, closed } = order;
              const cell = closed * desk.width + symbol;
              const quiet = !((world.volume[cell] as number) > busy * (world.volume[cell - desk.width] as number));
              const paid = priceOf(world, price, cell);
              if (!leaky || (busy > 0 && quiet) || !Number.isFinite(paid)) return later(order);
              const { openAt, closeAt } = world.sessions[closed] as World["sessions"][number];
              return { decision, symbol, at: atOpen ? openAt : closeAt, price: paid };
            }),
        });
      },
    };
  },
});

function priceOf({ open, high, low, close }: World, price: Price, cell: number): number {
  if (price === "open") return open[cell] as number;
  if (price === "close") return close[cell] as number;
  const middle = ((high[cell] as number) + (low[cell] as number)) / 2;
  return price === "middle" ? middle : (2 * middle + (close[cell] as number)) / 3;
}
