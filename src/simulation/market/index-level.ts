// The market index: a total-return index over every listed company, weighted by value at the last close.
// Dividends are reinvested, delisting returns are taken, new companies enter at the close of their first session.

export interface IndexLevel {
  /** Adds a company's session: its value at the last close (USD) and its simple total returns. */
  add(value: number, overnight: number, intraday: number, volume: number): void;
  /** Ends the session. Returns the opening level and the move from open to close; the next session starts from that close. */
  end(): { readonly open: number; readonly move: number; readonly volume: number };
}

export function createIndexLevel(first: number): IndexLevel {
  let level = first;
  let value = 0;
  let atOpen = 0;
  let atClose = 0;
  let shares = 0;
  return {
    add(weight, overnight, intraday, volume) {
      value += weight;
      atOpen += weight * (1 + overnight);
      atClose += weight * (1 + overnight) * (1 + intraday);
      shares += volume;
    },
    end() {
      const open = value > 0 ? (level * atOpen) / value : level;
      const move = value > 0 ? atClose / atOpen - 1 : 0;
      const volume = shares;
      level = open * (1 + move);
      value = atOpen = atClose = shares = 0;
      return { open, move, volume };
    },
  };
}
