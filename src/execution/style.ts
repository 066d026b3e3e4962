// The ways of reaching a target, as an experiment names them. A bar is one of the dataset's, or a session where bars are daily.

export type ExecutionStyle =
  | { readonly kind: "twap"; readonly bars: number; readonly participation: number | null }
  | { readonly kind: "vwap"; readonly bars: number; readonly participation: number | null }
  /** `participation`: units traded per unit that the market trades, in (0, 1]. It goes on until it is done or a decision changes the target. */
  | { readonly kind: "pov"; readonly participation: number }
  /** `urgency`: kappa T of Almgren & Chriss, at least 0. */
  | { readonly kind: "shortfall"; readonly bars: number; readonly urgency: number; readonly participation: number | null }
  /** `patience`: bars that an order may rest while the schedule goes on without it. `forecast`: what says so; `last-return` when left out. */
  | {
      readonly kind: "opportunistic";
      readonly bars: number;
      readonly patience: number;
      readonly participation: number | null;
      /** From bars, or from the newest quote or book. */
      readonly forecast?: "last-return" | "weighted-mid";
    };
