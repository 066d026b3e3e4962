// What columns are usually called. Used only when nobody declared them; the declaration that results is stored with the dataset.

const NAMES = {
  date: ["date", "day", "tradingdate", "tradedate"],
  at: ["tsutc", "datetime", "timestamp", "ts", "time", "opentime", "tsunix", "tslocal", "unixtime", "dateutc"],
  open: ["open", "o", "openprice"],
  high: ["high", "h", "highprice"],
  low: ["low", "l", "lowprice"],
  close: ["close", "c", "closeprice", "last"],
  volume: ["volume", "vol", "v"],
  price: ["price", "tradeprice"],
  size: ["size", "qty", "quantity", "amount"],
  aggressor: ["aggressor", "side", "takerside"],
  bid: ["bid", "bidprice"],
  ask: ["ask", "askprice"],
  bidSize: ["bidsize", "bidqty"],
  askSize: ["asksize", "askqty"],
  symbol: ["symbol", "ticker", "sym", "tic", "instrument", "code"],
} as const;

export type KnownColumn = keyof typeof NAMES;

const VALUES = {
  bar: { needed: ["open", "high", "low", "close"], optional: ["volume"] },
  trade: { needed: ["price", "size"], optional: ["aggressor"] },
  quote: { needed: ["bid", "ask"], optional: ["bidSize", "askSize"] },
} as const;

export interface GuessedColumns {
  readonly kind: keyof typeof VALUES;
  /** Column of the day or moment. */
  readonly time: string;
  readonly values: Readonly<Partial<Record<KnownColumn, string>>>;
  readonly symbol: string | null;
}

/** Null when the header is not that of bars, trades or quotes. Case, spaces and underscores do not matter. */
export function guessColumns(header: readonly string[]): GuessedColumns | null {
  const plain = header.map((name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, ""));
  const find = (known: KnownColumn): string | null => {
    for (const name of NAMES[known]) {
      const i = plain.indexOf(name);
      if (i >= 0) return header[i] as string;
    }
    return null;
  };
  // "date" beside "timestamp" is the coarser of the two.
  const time = find("at") ?? find("date");
  if (time === null) return null;
  for (const kind of ["bar", "trade", "quote"] as const) {
    const { needed, optional } = VALUES[kind];
    if (needed.some((name) => find(name) === null)) continue;
    const found = [...needed, ...optional].flatMap((name): [KnownColumn, string][] => {
      const column = find(name);
      return column === null ? [] : [[name, column]];
    });
    return { kind, time, values: Object.fromEntries(found), symbol: find("symbol") };
  }
  return null;
}

/** The column that names a sector; null when there is none. */
export function sectorColumn(header: readonly string[]): string | null {
  return header.find((name) => /^(gics_?)?(sector|industry)$/i.test(name.trim())) ?? null;
}

export function symbolColumn(header: readonly string[]): string | null {
  return header.find((name) => (NAMES.symbol as readonly string[]).includes(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ""))) ?? null;
}
