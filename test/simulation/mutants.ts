// Deliberate bugs, planted one at a time into the stack under test through its seams. Each has to be caught; the table of where stands in the guide.
import type { Disk, DiskFile } from "#adapters/stores/journal/disk.js";
import type { OrderId, ApprovedOrder } from "#domain/order.js";
import type { Account } from "#engine/account.js";
import type { RiskLimits } from "#risk/limits.js";
import { createRiskEngine } from "#risk/review.js";
import { type Mutant, seenAs, venueWith } from "./mutant.js";
import { PART_MUTANTS } from "./part-mutants.js";
import { STAGES } from "./setting.js";
import { DiskError } from "./sim-disk.js";
import { NO_PROTECTION } from "#test/fixtures/toy-look-back.js";

const nothing = new Float64Array(16);

/** The disk with altered files. */
const diskWith =
  (alter: (file: DiskFile, how: "create" | "append" | "read") => Partial<DiskFile>) =>
  (disk: Disk): Disk => ({
    create: (path) => altered(disk.create(path), "create", alter),
    open: (path, how) => altered(disk.open(path, how), how, alter),
    rename: (from, to) => disk.rename(from, to),
  });

function altered(file: DiskFile, how: "create" | "append" | "read", alter: Parameters<typeof diskWith>[0]): DiskFile {
  return { ...file, ...alter(file, how) };
}

/** Risk with one of its limits opened wide. */
const without =
  (limit: Partial<RiskLimits>): NonNullable<Mutant["risk"]> =>
  (_, limits) =>
    createRiskEngine({ ...limits, ...limit });

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  "no-barrier": {
    bug: "An order leaves before its decision is durable",
    kinds: [],
    started: (_, journal) => {
      journal.barrier = () => undefined;
    },
  },
  "no-sync": {
    bug: "The barrier writes and does not sync",
    kinds: [],
    disk: diskWith(() => ({ sync: () => undefined })),
  },
  "decision-late": {
    bug: "The decision is journaled behind the barrier",
    kinds: [],
    started: (_, journal) => {
      const [decision, barrier] = [journal.decision.bind(journal), journal.barrier.bind(journal)];
      let held: (() => void) | null = null;
      journal.decision = (...args) => {
        held = () => decision(...args);
      };
      journal.barrier = () => {
        barrier();
        held?.();
        held = null;
      };
    },
  },
  "short-write": {
    bug: "A write that took only a part is taken for a whole one",
    kinds: ["short-writes", "kills"],
    disk: diskWith((file) => ({
      write: (bytes, from, at) => {
        file.write(bytes, from, at);
        return bytes.length - from;
      },
    })),
  },
  "full-disk": {
    bug: "A full disk is passed over",
    kinds: ["full-disk"],
    disk: diskWith((file) => ({
      write: (bytes, from, at) => {
        try {
          return file.write(bytes, from, at);
        } catch (error) {
          if (!(error instanceof DiskError)) throw error;
          return bytes.length - from;
        }
      },
    })),
  },
  "cut-too-much": {
    bug: "A torn tail is cut off one byte too early",
    kinds: ["kills", "power"],
    disk: diskWith((file) => ({ truncate: (size) => file.truncate(size - 1) })),
  },
  "tail-skipped": {
    bug: "Recovery stops short of the journal's last block",
    kinds: ["kills"],
    disk: diskWith((file, how) => (how === "read" ? { size: () => Math.max(0, file.size() - 1) } : {})),
  },
  "orders-forgotten": {
    bug: "An order that was sent is not counted as working",
    kinds: [],
    started: (engine) => {
      engine.account.orders.add = () => undefined;
    },
  },
  "fills-forgotten": {
    bug: "A fill that is told twice is booked twice",
    kinds: ["duplication"],
    started: (engine) => {
      engine.account.orders.knows = () => false;
    },
  },
  "postings-forgotten": {
    bug: "A posting of cash that is told twice is booked twice",
    kinds: ["duplication"],
    started: ({ account: { orders } }) => {
      const repeats = orders.repeats.bind(orders);
      orders.repeats = (id) => repeats(id) && !id.startsWith("cash ");
    },
  },
  "snapshot-forgets": {
    bug: "The snapshot leaves out which fills were booked",
    kinds: ["kills", "loss"],
    started: ({ account: { orders } }) => {
      const save = orders.save.bind(orders);
      orders.save = () => ({ ...save(), recentFills: [], olderFills: [], oldestFills: [] });
    },
  },
  "snapshot-loses-orders": {
    bug: "The snapshot leaves out the working orders",
    kinds: ["kills"],
    started: ({ account: { orders } }) => {
      const save = orders.save.bind(orders);
      orders.save = () => ({ ...save(), working: [] });
    },
  },
  "unknown-is-rejected": {
    bug: "An order that the venue has not answered is taken for rejected",
    kinds: ["loss", "delay"],
    started: ({ account: { orders } }) => {
      const hear = orders.hear.bind(orders);
      orders.hear = (report) =>
        report.kind === "order-unanswered" ? hear({ ...report, kind: "order-rejected", reason: "no answer" }) : hear(report);
    },
  },
  "outage-closes": {
    bug: "A lost line closes the orders that are out",
    kinds: ["disconnects"],
    started: ({ account: { orders } }) => {
      orders.lost = () => {
        for (const { order } of orders.list())
          orders.hear({ kind: "order-cancelled", at: order.createdAt, seenAt: order.createdAt, order: order.id, reason: "lost" });
      };
    },
  },
  "believes-itself": {
    bug: "The venue's book is not asked for: ours is compared with itself",
    kinds: ["loss", "disconnects"],
    venue: (venue, engine) =>
      venueWith(venue, {
        fillsSince: () => Promise.resolve([]),
        snapshot: () => {
          const account = engine()?.account;
          return Promise.resolve({
            open: (account?.working ?? []).map(({ order, remaining }) => ({ id: order.id, instrument: order.instrument, remaining })),
            positions: [...(account?.lots ?? [])].map((lots, i) => ({ instrument: i as never, lots: lots as never })),
          });
        },
      }),
  },
  "new-id": {
    bug: "The adapter sends an order again under another id",
    kinds: [],
    venue: (venue) =>
      venueWith(venue, {
        submit: (order) => {
          venue.submit(order);
          venue.submit({ ...order, id: `${order.id}-again` as OrderId } as ApprovedOrder);
        },
      }),
  },
  "desire-again": {
    bug: "What works already is ordered again",
    kinds: ["delay"],
    started: ({ account }) => {
      for (const side of ["workingBuys", "workingSells"]) Object.defineProperty(account, side, { value: nothing });
    },
    // Only execution is blind.
    risk: (risk) => ({
      review: (orders, view, gate, aims) => {
        const { buys, sells } = (view as Account).orders;
        return risk.review(orders, seenAs(view, buys, sells), gate, aims);
      },
    }),
  },
  "batch-ignored": {
    bug: "Risk reviews each order of a batch as if it were alone",
    kinds: [],
    setting: { mixes: false },
    risk: (risk) => ({ review: (orders, view, gate, aims) => orders.flatMap((order) => risk.review([order], view, gate, aims)) }),
  },
  "working-ignored": {
    bug: "Risk takes no account of orders that work",
    kinds: [],
    risk: (risk) => ({
      review: (orders, view) => risk.review(orders, seenAs(view, nothing, nothing)),
    }),
  },
  "floor-forgotten": { bug: "Risk forgets the floor of a position", kinds: [], setting: { losses: null }, risk: without({ minWeight: 0 }) },
  "slices-free": {
    bug: "Risk takes every sale for a slice on the way to nothing",
    kinds: [],
    setting: { losses: null },
    risk: (risk) => ({ review: (orders, view, gate) => risk.review(orders, view, gate, new Float64Array(view.lots.length)) }),
  },
  "cash-forgotten": { bug: "Risk forgets the cash that must remain", kinds: [], setting: { losses: null }, risk: without({ minCash: -9 }) },
  "turnover-forgotten": {
    bug: "Risk forgets the turnover of a session",
    kinds: [],
    setting: { losses: null },
    risk: without({ maxTurnover: 1e9 }),
  },
  "notional-forgotten": {
    bug: "Risk forgets how large an order may be",
    kinds: [],
    setting: { losses: null },
    risk: without({ maxOrderNotional: null }),
  },
  "flatten-enlarges": {
    bug: "A flatten leaves the target as it was",
    kinds: ["commands"],
    started: ({ account: { desired } }) => {
      desired.fill = () => desired;
    },
  },
  "halt-forgotten": {
    bug: "A restart forgets that trading was halted",
    kinds: ["commands", "kills"],
    started: (engine) => {
      if (engine.mode !== "running") engine.resumeAt(engine.now, "running", "", "", engine.connected);
    },
  },
  "breaker-deaf": {
    bug: "A loss beyond its limit opens no breaker",
    kinds: [],
    started: ({ breakers }) => {
      breakers.evaluate = () => [];
    },
  },
  "breaker-ignored": {
    bug: "Risk does not ask which breakers are open",
    kinds: [],
    risk: (risk) => ({ review: (orders, view) => risk.review(orders, view) }),
  },
  "breaker-forgotten": {
    bug: "A restart closes the breakers that were open",
    kinds: ["kills"],
    started: ({ breakers, account, now }) => breakers.approve(null, now, account),
  },
  "kill-resumed": {
    bug: "A resume overrides an emergency stop",
    kinds: ["commands"],
    started: (engine) => {
      Object.defineProperty(engine.breakers, "isKilled", { get: () => false });
    },
  },
  "kill-trades": {
    bug: "An emergency stop orders the way to zero unasked",
    kinds: ["commands"],
    started: (engine) => {
      const step = engine.step.bind(engine);
      engine.step = (event) =>
        step(
          event.kind === "command" && event.command.kind === "kill" ? { ...event, command: { ...event.command, flatten: true } } : event,
        );
    },
  },
  "action-twice": {
    bug: "A split or a dividend that is told twice is booked twice",
    kinds: ["feed"],
    setting: { acts: true },
    started: ({ account: { references } }) => {
      references.hear = () => "new";
    },
  },
  "actions-forgotten": {
    bug: "The snapshot leaves out which splits and dividends were told",
    kinds: ["kills"],
    setting: { acts: true },
    started: ({ account: { references } }) => {
      references.save = () => [];
    },
  },
  "contradiction-taken": {
    bug: "A split that is told otherwise the second time is passed over",
    kinds: ["feed"],
    setting: { acts: true },
    started: ({ account: { references } }) => {
      const hear = references.hear.bind(references);
      references.hear = (event) => (hear(event) === "new" ? "new" : "again");
    },
  },
  "split-orders": {
    bug: "A split leaves the orders that are out as they were",
    kinds: [],
    setting: { acts: true },
    started: ({ account: { orders } }) => {
      orders.split = () => undefined;
    },
  },
  "fraction-lost": {
    bug: "What a split leaves of a share is not paid out",
    kinds: [],
    setting: { acts: true },
    started: ({ account: { holdings } }) => {
      holdings.ledger.cashInLieu = () => undefined;
    },
  },
  "dividend-short": {
    bug: "Whoever is short receives dividends",
    kinds: [],
    setting: { acts: true },
    started: ({ account: { holdings } }) => {
      const dividend = holdings.dividend.bind(holdings);
      holdings.dividend = (event) => {
        const held = holdings.lots[event.instrument] as number;
        dividend(held < 0 ? { ...event, amount: -event.amount } : event);
      };
    },
  },
  "posting-unasked": {
    bug: "Nobody asks for a posting of cash that was lost",
    kinds: ["loss"],
    setting: { financed: true, acts: false },
    venue: (venue) => venueWith(venue, { postingsSince: () => Promise.resolve([]) }),
  },
  "group-deaf": {
    bug: "What one order of a group fills, the others keep",
    kinds: [],
    setting: { protection: { ...NO_PROTECTION, stopLoss: 0.004, takeProfit: 0.006 }, mixes: false },
    started: ({ account: { orders } }) => {
      Object.defineProperty(orders, "shrinkOthers", { value: () => undefined });
    },
  },
  "exits-too-large": {
    bug: "What guards a position is twice as large",
    kinds: [],
    setting: { protection: { ...NO_PROTECTION, stopLoss: 0.004, takeProfit: 0.006 }, mixes: false },
    started: ({ protection }) => {
      const review = protection?.review.bind(protection);
      if (protection === null || review === undefined) return;
      protection.review = (...args) => {
        const asked = review(...args);
        return asked && { ...asked, orders: asked.orders.map((order) => ({ ...order, lots: (order.lots * 2) as typeof order.lots })) };
      };
    },
  },
  "exits-twice": {
    bug: "What guards a position already is not seen",
    kinds: [],
    setting: { protection: { ...NO_PROTECTION, stopLoss: 0.004, takeProfit: 0.006 }, mixes: false },
    started: ({ protection }) => {
      const review = protection?.review.bind(protection);
      if (protection === null || review === undefined) return;
      protection.review = (view, ...rest) => review({ ...view, working: [] }, ...rest);
    },
  },
  "stops-unseen": {
    bug: "Risk takes no account of orders that wait for their trigger",
    kinds: [],
    setting: { protection: null, mixes: true },
    risk: (risk) => ({
      review: (orders, view, gate) => {
        const [buys, sells] = [Float64Array.from(view.workingBuys), Float64Array.from(view.workingSells)];
        for (const { order, remaining } of view.working) {
          if (!order.type.includes("stop") || order.terms?.reduceOnly) continue;
          const side = order.lots > 0 ? buys : sells;
          side[order.instrument] = (side[order.instrument] as number) - remaining;
        }
        return risk.review(orders, seenAs(view, buys, sells), gate);
      },
    }),
  },
  "rest-kept": {
    bug: "What is left of an order that fills at once or not at all is counted on",
    kinds: [],
    setting: { protection: null, mixes: true },
    started: ({ account: { orders } }) => {
      const hear = orders.hear.bind(orders);
      orders.hear = (report) => {
        const time = orders.find(report.order)?.order.terms?.timeInForce;
        return report.kind === "order-cancelled" && (time === "ioc" || time === "fok") ? null : hear(report);
      };
    },
  },
  "stage-ignored": {
    bug: "Risk and portfolio see the money above the stage of capital",
    kinds: [],
    setting: { stages: STAGES },
    started: ({ stages }) => {
      Object.defineProperty(stages, "amount", { get: () => Number.POSITIVE_INFINITY });
    },
  },
  "stage-kept": {
    bug: "A breaker that opens takes no capital back",
    kinds: ["commands"],
    setting: { stages: STAGES },
    started: ({ stages }) => {
      stages.tripped = () => undefined;
    },
  },
  "stage-restarted": {
    bug: "A restart opens the last stage of capital",
    kinds: ["kills"],
    setting: { stages: STAGES },
    started: ({ stages, now }) => {
      if (now > 0) stages.approve("all");
    },
  },
  "called-back-nothing": {
    bug: "A breaker that opens calls nothing back",
    kinds: [],
    started: ({ account: { orders } }) => {
      orders.enlarging = () => [];
    },
  },
  "called-back-once": {
    bug: "A cancellation that was lost is not repeated",
    kinds: ["loss", "commands"],
    setting: { protection: null, mixes: true },
    venue: (venue) => {
      const asked = new Set<OrderId>();
      return venueWith(venue, {
        cancel: (id) => {
          if (!asked.has(id)) venue.cancel(id);
          asked.add(id);
        },
      });
    },
  },
  ...PART_MUTANTS,
};
