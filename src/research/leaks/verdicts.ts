// From what moved to findings: which leak it is, how far it looks, and a sentence with the first value that shows it.
import { formatMicros, type Micros } from "#domain/time.js";
import type { Blame, Reach } from "./blame.js";
import { futures, type Future } from "./alter.js";
import type { ChangeClass, Evidence, EvidenceBook, Witness } from "./evidence.js";
import { finding, type LeakFinding, type LeakKind, type Severity } from "./finding.js";
import type { PipelineOutput, World } from "./subject.js";

/** `already`: what was found without running; fills that it names are not named again. */
export async function findingsOf(
  world: World,
  base: PipelineOutput,
  book: EvidenceBook,
  blame: Blame,
  already: readonly LeakFinding[],
): Promise<LeakFinding[]> {
  const found: (LeakFinding | null)[] = [];
  for (const name of base.features.keys()) found.push(await ofColumn(world, base, book, blame, name));
  if (base.predictions !== null) found.push(await ofColumn(world, base, book, blame, null));
  found.push(ofLabels(world, base, book), ofDecisions(book));
  if (!already.some(({ where }) => where === "fills")) found.push(ofFills(world, base, book));
  return found.filter((one) => one !== null);
}

/** A feature, or (null) the predictions. */
async function ofColumn(
  world: World,
  base: PipelineOutput,
  book: EvidenceBook,
  blame: Blame,
  feature: string | null,
): Promise<LeakFinding | null> {
  const where = feature === null ? "predictions" : `feature ${feature}`;
  const because = (kind: LeakKind, severity: Severity, evidence: Evidence, why: string): LeakFinding => ({
    ...finding(kind, severity, where, `${sentence(world, base, evidence)} ${why}`),
    decision: base.decisions[evidence.witness.decision] ?? null,
  });
  const values = book.of(where, "values");
  if (values !== null) {
    const { witness } = values;
    const reach = isFuture(witness.change)
      ? await blame.reachOf({
          feature,
          decision: witness.decision,
          symbol: witness.symbol,
          future: witness.change,
          moment: witness.moment,
          chance: witness.chance,
        })
      : null;
    return { ...because(kindOf(reach), "leak", values, inWords(world, reach)), sessionsAhead: reach?.ahead ?? null };
  }
  const restated = book.of(where, "restated");
  if (restated !== null)
    return because(
      "unpublished-fact",
      "leak",
      restated,
      "Only later revisions of facts had been added: it takes the newest one, whenever that was published.",
    );
  const dying = book.of(where, "dying");
  if (dying !== null)
    return because("future-universe", "leak", dying, "Only which names trade later had changed: it knows who will be there.");
  const listed = book.of(where, "listed");
  if (listed !== null)
    // A model whose chance is spread over all names may move by that alone.
    return because(
      "future-universe",
      feature === null ? "stamped" : "leak",
      listed,
      "Only names that list later had been added: it counts them already.",
    );
  const truncated = book.of(where, "truncated");
  if (truncated === null) return null;
  if (truncated.changed === 0)
    return because(
      "needs-future",
      "note",
      truncated,
      "It needs later sessions to exist, whatever they hold: live, where there are none, it would have no value.",
    );
  return because(
    "sample-length",
    feature === null ? "note" : "leak",
    truncated,
    "Only the end of the data had moved: it depends on where the data ends.",
  );
}

function kindOf(reach: Reach | null): LeakKind {
  if (reach?.onlyFacts === true) return "unpublished-fact";
  return reach?.isRunning === true ? "unclosed-bar" : "looks-ahead";
}

function inWords(world: World, reach: Reach | null): string {
  if (reach === null) return "How far ahead it looks was not measured.";
  const date = world.sessions[reach.session]?.date;
  const last = reach.session === world.sessions.length - 1;
  if (reach.onlyFacts)
    return `It uses facts before they were published${last ? ", up to the end of the data" : `, up to those of ${date}`}.`;
  if (reach.isRunning) return `It uses the bar of ${date}, which had not closed.`;
  return last
    ? `It looks ahead to the very end of the data, ${reach.ahead} sessions away: something is fitted on the whole sample.`
    : `It looks ${reach.ahead === 1 ? "1 session" : `${reach.ahead} sessions`} ahead, to ${date}.`;
}

function sentence(world: World, base: PipelineOutput, { witness, cells }: Evidence): string {
  const { decision, symbol, before, after, moment } = witness;
  const at = formatMicros(base.decisions[decision] as Micros);
  const behind = moment === base.decisions[decision] ? "that moment" : formatMicros(moment as Micros);
  return `Decided ${at}, ${world.symbols[symbol]}: ${figure(before)} became ${figure(after)} when only what came after ${behind} was altered${cells > 1 ? ` (and ${cells - 1} more values)` : ""}.`;
}

const figure = (value: number): string => (Number.isNaN(value) ? "unknown" : `${Number(value.toPrecision(6))}`);

function isFuture(change: Witness["change"]): change is Future {
  return futures.some((future) => future === change);
}

function ofLabels(world: World, base: PipelineOutput, book: EvidenceBook): LeakFinding | null {
  const evidence = book.of("labels", "values");
  if (evidence === null) return null;
  const why = "The label had ended by then, as declared: it is made of later prices, and purging by its end lets them into the training.";
  return {
    ...finding("label-interval", "leak", "labels", `${sentence(world, base, evidence)} ${why}`),
    decision: base.decisions[evidence.witness.decision] ?? null,
  };
}

const CLASSES: readonly ChangeClass[] = ["values", "restated", "dying", "listed"];

function ofDecisions(book: EvidenceBook): LeakFinding | null {
  const guilty = CLASSES.map((kind) => book.of("decisions", kind)).find((evidence) => evidence !== null);
  if (guilty !== undefined) {
    const at = guilty.witness.before as Micros;
    const evidence = `Whether there is a decision at ${formatMicros(at)} depends on what came after ${formatMicros(guilty.witness.moment as Micros)}: moments are chosen by what follows them.`;
    return { ...finding("future-decisions", "leak", "decisions", evidence), decision: at };
  }
  const truncated = book.of("decisions", "truncated");
  if (truncated === null) return null;
  return finding(
    "needs-future",
    "note",
    "decisions",
    `Up to ${truncated.cells} of the last decisions are left out where the data ends behind them: live there would be none.`,
  );
}

function ofFills(world: World, base: PipelineOutput, book: EvidenceBook): LeakFinding | null {
  const kind = CLASSES.find((one) => book.of("fills", one) !== null);
  const witness = kind === undefined ? undefined : book.of("fills", kind)?.witness;
  if (kind === undefined || witness === undefined) return null;
  const fill = base.fills[witness.before];
  const which =
    fill === undefined
      ? "A fill that was not there before appeared"
      : `The fill of ${world.symbols[fill.symbol]} at ${formatMicros(fill.at)} changed`;
  const evidence = `${which} when only what came after ${formatMicros(witness.moment as Micros)} was altered: what is traded, or at which price, is chosen by what follows.`;
  return {
    ...finding(
      kind === "values" ? "looks-ahead" : kind === "restated" ? "unpublished-fact" : "future-universe",
      kind === "listed" ? "stamped" : "leak",
      "fills",
      evidence,
    ),
    decision: fill === undefined ? null : (base.decisions[fill.decision] ?? null),
  };
}
