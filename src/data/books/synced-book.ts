// A price book kept in step with its venue: snapshot, numbered diffs, gaps. After a gap nothing of it is shown until the next snapshot, or,
// when asked, until the messages themselves have told its best levels again (healing.ts).
import { BOOK_LEVELS } from "#domain/market.js";
import { Healing, LONGEST_HEALED_GAP_US, type SavedHealing } from "./healing.js";
import type { BookMessage, DiffMessage, QuoteMessage, SnapshotMessage } from "./message.js";
import { PriceBook, type SavedLevels } from "./price-book.js";
import { agrees, QuoteCheck } from "./quote-check.js";
import { faultOf, judgeDiff, type SequenceRule } from "./sequence.js";

/** Diffs kept for a snapshot to come; more are forgotten from the oldest on. */
const MOST_BUFFERED = 10_000;
/** So many old messages in a row mean that the venue began its numbers anew. */
const OLD_IN_A_ROW = 100;
/** Quotes in a row that must differ before the book is held to be wrong: in quick moves the venue's own streams differ now and then. */
const DIFFERING_IN_A_ROW = 3;

export type Trouble = "gap" | "crossed" | "broken" | "contradicted" | "renumbered";

export interface BookCounts {
  diffs: number;
  snapshots: number;
  /** Told before, and left out. */
  old: number;
  /** Times that the book lost step, by reason. */
  trouble: Record<Trouble, number>;
  /** Times that it came back into step by a snapshot, and without one. */
  resyncs: number;
  healed: number;
  /** Best quotes that could be compared with the book, and those that differed. */
  quotesCompared: number;
  quotesDiffered: number;
}

/** `waiting` for its first snapshot, `fresh`, `stale` after trouble, `healing` from the messages. */
export type BookState = "waiting" | "fresh" | "stale" | "healing";

/** Plain data that survives JSON. */
export interface SavedBook extends SavedLevels {
  readonly state: BookState;
  readonly last: number | null;
  readonly isFirst: boolean;
  readonly at: number | null;
  readonly oldInARow: number;
  readonly differingInARow: number;
  readonly latestQuote: QuoteMessage | null;
  readonly buffer: readonly DiffMessage[];
  readonly healing: SavedHealing | null;
  readonly healedShown: boolean;
  readonly counts: BookCounts;
}

export interface SyncOptions {
  readonly rule: SequenceRule;
  /** True: without a snapshot the book may heal from its messages. */
  readonly heal: boolean;
  /** True when best quotes with the book's numbers come too: then healing waits for one. */
  readonly quoted: boolean;
}

export class SyncedBook {
  readonly book = new PriceBook();
  state: BookState = "waiting";
  /** Number of the last update within the book. */
  last: number | null = null;
  /** Exchange time of the last message applied; NaN before. */
  at = Number.NaN;
  counts: BookCounts = {
    diffs: 0,
    snapshots: 0,
    old: 0,
    trouble: { gap: 0, crossed: 0, broken: 0, contradicted: 0, renumbered: 0 },
    resyncs: 0,
    healed: 0,
    quotesCompared: 0,
    quotesDiffered: 0,
  };
  private isFirst = false;
  private oldInARow = 0;
  private differingInARow = 0;
  private buffer: DiffMessage[] = [];
  private healing: Healing | null = null;
  private healedShown = false;
  private readonly quotes = new QuoteCheck();

  constructor(private readonly options: SyncOptions) {}

  /** One message of the book, whole. */
  take(message: BookMessage): void {
    if (message.kind === "snapshot") this.takeSnapshot(message);
    else this.takeDiff(message);
  }

  /** A best quote told beside the book. Compares where it can; a contradiction means that the book is wrong. */
  takeQuote(quote: QuoteMessage): void {
    const witness = this.quotes.note(quote, this.last);
    if (witness === null) return;
    if (this.state !== "fresh" && this.state !== "healing") return;
    this.counts.quotesCompared++;
    const same = this.healing === null ? agrees(this.book, witness) : this.healing.quoted(this.book, witness);
    if (!same) this.counts.quotesDiffered++;
    this.differingInARow = same ? 0 : this.differingInARow + 1;
    if (this.differingInARow >= DIFFERING_IN_A_ROW) this.lose("contradicted", null);
  }

  /** How many of the best levels of each side may be shown at exchange time `now`; [0, 0] while the book is not in step. */
  known(now: number): readonly [number, number] {
    if (this.state === "fresh") return WHOLE;
    if (this.state !== "healing" || this.healing === null) return NOTHING;
    return this.healing.known(this.book, now);
  }

  save(): SavedBook {
    const { state, last, isFirst, at, oldInARow, differingInARow, buffer, healing, healedShown, counts, quotes } = this;
    const row = { oldInARow, differingInARow, latestQuote: quotes.latest };
    const saved = { state, last, isFirst, ...row, buffer, healing: healing?.save() ?? null, healedShown, counts };
    return structuredClone({ ...this.book.save(), ...saved, at: Number.isNaN(at) ? null : at });
  }

  static restore(saved: SavedBook, options: SyncOptions): SyncedBook {
    const copy = structuredClone(saved);
    const synced = new SyncedBook(options);
    synced.book.load(copy.bids, copy.asks);
    synced.state = copy.state;
    synced.last = copy.last;
    synced.isFirst = copy.isFirst;
    synced.at = copy.at ?? Number.NaN;
    synced.oldInARow = copy.oldInARow;
    synced.differingInARow = copy.differingInARow;
    synced.quotes.latest = copy.latestQuote;
    synced.buffer = [...copy.buffer];
    synced.healing = copy.healing === null ? null : Healing.restore(copy.healing);
    synced.healedShown = copy.healedShown;
    synced.counts = copy.counts;
    return synced;
  }

  private takeDiff(diff: DiffMessage): void {
    this.counts.diffs++;
    if (faultOf(diff) !== null) return this.lose("broken", null);
    if (this.state === "waiting" || this.state === "stale") return this.keep(diff);
    const verdict = judgeDiff(this.options.rule, diff, this.last, this.isFirst);
    if (verdict === "old") {
      this.counts.old++;
      // Messages before the snapshot are old as well, and may be many.
      if (!this.isFirst && ++this.oldInARow >= OLD_IN_A_ROW) this.lose("renumbered", diff);
      return;
    }
    if (verdict === "gap") return this.lose("gap", diff);
    this.apply(diff);
    if (this.state === "healing") this.keep(diff);
  }

  private apply(diff: DiffMessage): void {
    this.oldInARow = 0;
    this.isFirst = false;
    this.last = diff.last;
    if (diff.at === diff.at) this.at = diff.at;
    this.book.apply(diff.bids, diff.asks);
    if (this.healing !== null) {
      this.healing.told(this.book, diff.bids, diff.asks);
      this.noteHealing(this.healing);
    }
    if (this.book.isCrossed) this.lose("crossed", diff);
  }

  private takeSnapshot(snapshot: SnapshotMessage): void {
    const { rule } = this.options;
    const told = rule === "spot" || rule === "futures";
    if (faultOf(snapshot) !== null) return this.lose("broken", null);
    // Asked for by another line than the diffs: it may be behind them.
    if (told && this.state === "fresh" && (snapshot.last === null || snapshot.last <= (this.last ?? 0))) return;
    const old = this.buffer.filter(({ last }) => last !== null && snapshot.last !== null && last < snapshot.last).length;
    const next = told ? this.buffer[old] : undefined;
    // A snapshot older than what is buffered does not join it; the next one may.
    if (next !== undefined && judgeDiff(rule, next, snapshot.last, true) === "gap") return;
    const wasLost = this.state === "stale" || this.state === "healing";
    this.counts.snapshots++;
    this.book.load(snapshot.bids, snapshot.asks);
    this.last = snapshot.last;
    this.isFirst = true;
    this.oldInARow = 0;
    if (snapshot.at === snapshot.at) this.at = snapshot.at;
    this.state = "fresh";
    this.healing = null;
    if (wasLost) this.counts.resyncs++;
    const waiting = told ? this.buffer.slice(old) : [];
    this.buffer = [];
    if (this.book.isCrossed) return this.lose("crossed", null);
    for (const [k, diff] of waiting.entries()) {
      const verdict = judgeDiff(rule, diff, this.last, this.isFirst);
      if (verdict === "next") this.apply(diff);
      if (verdict === "gap") this.lose("gap", diff);
      if (this.state !== "fresh") {
        for (const later of waiting.slice(k + 1)) this.keep(later);
        return;
      }
    }
  }

  /** Keeps a diff for a snapshot to come. What does not follow on the ones kept makes those useless. */
  private keep(diff: DiffMessage): void {
    const before = this.buffer.at(-1);
    if (before !== undefined && judgeDiff(this.options.rule, diff, before.last, false) === "old") return;
    if (before !== undefined && judgeDiff(this.options.rule, diff, before.last, false) === "gap") this.buffer = [];
    this.buffer.push(diff);
    if (this.buffer.length > MOST_BUFFERED) this.buffer.splice(0, MOST_BUFFERED / 2);
  }

  /** The book is out of step; `diff` is the first message behind the trouble, null when there is none to go on from. */
  private lose(trouble: Trouble, diff: DiffMessage | null): void {
    const wasShown = this.state === "fresh" || this.state === "healing";
    // Trouble of a book that is not shown is no new trouble.
    if (wasShown || trouble === "broken") this.counts.trouble[trouble]++;
    if (this.state === "waiting") {
      this.buffer = [];
      return;
    }
    this.state = "stale";
    this.healing = null;
    this.buffer = [];
    this.oldInARow = 0;
    this.differingInARow = 0;
    if (diff === null) return;
    this.keep(diff);
    const { heal, quoted, rule } = this.options;
    if (!heal || trouble !== "gap" || rule === "uncounted" || !(diff.at - this.at <= LONGEST_HEALED_GAP_US)) return;
    this.state = "healing";
    this.healedShown = false;
    this.healing = Healing.begin(diff.at, this.book);
    if (!quoted) this.healing.withoutQuotes();
    this.apply(diff);
  }

  /** It is healed once all levels that anyone asks for may be shown. */
  private noteHealing(healing: Healing): void {
    const known = healing.known(this.book, this.at);
    const isOver = healing.isOver && known[0] > 0;
    if (!this.healedShown && (isOver || (known[0] === BOOK_LEVELS && known[1] === BOOK_LEVELS))) {
      this.healedShown = true;
      this.counts.healed++;
    }
    if (!isOver) return;
    this.state = "fresh";
    this.healing = null;
    this.buffer = [];
  }
}

const WHOLE = [BOOK_LEVELS, BOOK_LEVELS] as const;
const NOTHING = [0, 0] as const;
