// The verb behind `truewind certify`: judges a paper session from its journal, seals the answer over journal, models and all that it stands
// on, and checks such a seal again.
import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { TruewindError } from "#base/errors.js";
import { hashJson, sha256 } from "#base/hash.js";
import { sessionsPerYear } from "#research/metrics/performance.js";
import { type SessionEvidence, judgeSession } from "#research/evidence/session-rules.js";
import { experimentHash } from "../config/experiment.js";
import { declaredExposure, toCostModel } from "../config/parts.js";
import type { Workspace } from "../config/workspace.js";
import { cashReturns } from "../modes/cash-returns.js";
import type { Progress } from "../modes/study.js";
import { type SessionRecord, readSession, returnsOf } from "../status/read-session.js";
import { performReplay } from "../runs/perform-replay.js";
import { repeatSession, type SessionEnd } from "../runs/repeat-session.js";
import {
  CERTIFICATE_FILE,
  CERTIFICATE_PAGE,
  EXPECTATION_FILE,
  JOURNAL_FILE,
  QUARANTINE_FILE,
  findRunFolder,
  readJson,
  type RunFolder,
  runFolderAt,
  writeWhole,
} from "../runs/run-folder.js";
import { counted } from "../report/number-format.js";
import { tripSentence } from "../report/trip-words.js";
import { VALIDATION_FILE } from "../validate/perform-validate.js";
import type { ValidationResult } from "../validate/validation-result.js";
import { type Certificate, type CertificateBody, type Reach, type Sealable, isWhole, sealed } from "./certificate.js";
import { renderCertificate } from "./certificate-page.js";

export interface Certified {
  readonly folder: RunFolder;
  readonly certificate: Certificate;
}

/** Of a session that has ended, or as far as it has come. Throws `no-such-run`, and what a replay throws but for a difference. */
export async function performCertify(run: string, workspace: Workspace, onProgress: Progress): Promise<Certified> {
  const folder = findRunFolder(workspace, run);
  const found = await examine(folder, workspace, onProgress);
  const certificate = sealed(found.body, found.parts);
  writeWhole(folder.file(CERTIFICATE_FILE), `${JSON.stringify(certificate, null, 1)}\n`);
  writeWhole(folder.file(CERTIFICATE_PAGE), renderCertificate(certificate));
  return { folder, certificate };
}

/** What a certificate says of a session that has gone on since is taken from the chain alone. */
export interface Verified extends Certified {
  readonly goneOn: boolean;
}

/**
 * Hashes everything again, draws the page again, and judges again from the journal. Throws `no-such-file` without a certificate, and
 * `corrupt-artifact` when one byte is not what was certified, naming where.
 */
export async function performVerify(run: string, workspace: Workspace, onProgress: Progress): Promise<Verified> {
  const folder = findRunFolder(workspace, run);
  const path = folder.file(CERTIFICATE_FILE);
  if (!existsSync(path))
    throw new TruewindError("no-such-file", `Run ${folder.id} has no certificate: \`truewind certify ${folder.id}\` makes one.`);
  const certificate = readJson(path) as Certificate;
  if (certificate.schema !== 1 || !isWhole(certificate) || readFileSync(path, "utf8") !== `${JSON.stringify(certificate, null, 1)}\n`)
    throw broken(folder, "the certificate itself");
  const now = reachOf(folder);
  const parts = partsOf(folder, workspace, certificate.identity.backtest, certificate);
  for (const [i, { what, sha256: hash }] of certificate.chain.entries()) {
    const found = parts.find((part) => part.what === what);
    if (found === undefined || found.sha256 !== hash || parts[i]?.what !== what) throw broken(folder, what);
  }
  if (parts.length !== certificate.chain.length) throw broken(folder, parts.at(-1)?.what ?? "what it stands on");
  const page = folder.file(CERTIFICATE_PAGE);
  if (!existsSync(page) || readFileSync(page, "utf8") !== renderCertificate(certificate)) throw broken(folder, CERTIFICATE_PAGE);
  const goneOn = now.journalBytes > certificate.journalBytes || now.quarantineBytes > certificate.quarantineBytes;
  if (!goneOn) {
    const again = await examine(folder, workspace, onProgress, certificate.identity.backtest);
    if (hashJson(sealed(again.body, again.parts)) !== hashJson(certificate))
      throw broken(folder, "the judgement: the same journal, judged again, says something else");
  }
  return { folder, certificate, goneOn };
}

function broken({ id }: RunFolder, what: string): TruewindError {
  return new TruewindError(
    "corrupt-artifact",
    `The certificate of ${id} does not hold: ${what} is not what was certified. Do not rely on it; \`truewind certify ${id}\` judges anew.`,
  );
}

interface Examined {
  readonly body: CertificateBody;
  readonly parts: readonly Sealable[];
}

/** `validated`: the run that a certificate names; absent: it is looked for. */
async function examine(folder: RunFolder, workspace: Workspace, onProgress: Progress, validated?: string | null): Promise<Examined> {
  const reach = reachOf(folder);
  const session = readSession(folder);
  const again = await repeated(folder, workspace, onProgress);
  const { header } = session;
  const backtest = validated === undefined ? validationOf(session, workspace) : validated;
  const validation = backtest === null ? null : (readJson(join(workspace.runs, backtest, VALIDATION_FILE)) as ValidationResult);
  const evidence = evidenceOf(session, again, validation);
  const body: CertificateBody = {
    schema: 1,
    run: folder.id,
    name: header.experiment.name,
    from: session.dates[0] ?? header.session.from,
    to: session.dates.at(-1) ?? header.session.from,
    feed: header.session.feed,
    over: evidence.over,
    simulated: session.simulated,
    identity: {
      experimentHash: experimentHash(header.experiment),
      dataId: header.dataId,
      codeVersion: header.codeVersion,
      seed: header.experiment.seed,
      backtest,
    },
    ...reach,
    ...judgeSession(evidence),
  };
  return { body, parts: partsOf(folder, workspace, backtest, reach) };
}

interface Again {
  /** What differed, in the decisions or in what the journal says of fills, accounts and alerts; empty for nothing. */
  readonly differs: string;
  /** Null while the record goes on, or where it cannot be repeated. */
  readonly end: SessionEnd | null;
}

/** Anything but a difference is thrown. */
async function repeated(folder: RunFolder, workspace: Workspace, onProgress: Progress): Promise<Again> {
  try {
    await performReplay(folder.path, workspace, onProgress);
    return { differs: "", end: await repeatSession(folder.path, workspace, onProgress) };
  } catch (error) {
    if (error instanceof TruewindError && error.code === "replay-differs") return { differs: error.message, end: null };
    throw error;
  }
}

function evidenceOf(session: SessionRecord, { differs, end }: Again, validation: ValidationResult | null): SessionEvidence {
  const { header, days, dates, expected, startingCash } = session;
  const { experiment } = header;
  const { halted } = end ?? session;
  const neutral = declaredExposure(experiment) === 0;
  const marks = days.map(({ at }) => at);
  const start = marks[0] ?? 0;
  const cash = cashReturns(toCostModel(experiment), start, marks);
  const baseline = returnsOf(
    days.map((day) => day.baseline),
    startingCash,
  );
  const sum = (of: "realised" | "modelled"): number => days.reduce((total, day) => total + day[of], 0) / 100;
  return {
    net: returnsOf(
      days.map((day) => day.equity),
      startingCash,
    ),
    baseline: neutral ? cash : baseline,
    cash,
    over: neutral ? "cash" : "equal weight",
    perYear: sessionsPerYear(dates),
    planned: header.session.sessions,
    expected: expected && { net: expected.returns, baseline: neutral ? expected.cash : expected.baseline, cash: expected.cash },
    anomalies: [
      ...(halted === null ? [] : [`Trading was halted: ${halted}`]),
      // One that closes a single name is a stop; the others, and a kill, closed the account.
      ...session.trips.filter(({ breaker }) => breaker !== "single-position").map(tripSentence),
      ...session.alerts.map(({ detail }) => detail),
      ...lateActions(session),
    ],
    costs: { realised: sum("realised"), modelled: sum("modelled") },
    replay: differs,
    validation: validation && { decision: validation.decision, because: validation.because },
  };
}

/** A late split or delisting halts besides; a late dividend shows itself nowhere else. */
function lateActions({ keptAside }: SessionRecord): readonly string[] {
  const late = keptAside["late-action"] ?? 0;
  if (late === 0) return [];
  return [`${counted(late, "action")} of the feed (splits, dividends, delistings) came after bars on the old basis, and into no book.`];
}

/** The run of this experiment on this data that was validated last; null where none was. */
function validationOf({ header }: SessionRecord, { runs }: Workspace): string | null {
  const hash = experimentHash(header.experiment);
  const found = readdirSync(runs)
    .filter((id) => id.startsWith(`${header.experiment.name}-`) && existsSync(join(runs, id, VALIDATION_FILE)))
    .filter((id) => {
      const { identity } = readJson(join(runs, id, VALIDATION_FILE)) as ValidationResult;
      return identity.experimentHash === hash && identity.dataId === dataIdOf(header) && identity.seed === header.experiment.seed;
    })
    .map((id) => ({ id, at: statSync(join(runs, id, VALIDATION_FILE)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  return found[0]?.id ?? null;
}

/** As `dataIdentity` has it. */
function dataIdOf({ dataId, facts }: SessionRecord["header"]): string {
  return facts === undefined ? dataId : hashJson([dataId, ...facts.map(({ id }) => id)]);
}

/** In the order of the chain. */
function partsOf(folder: RunFolder, workspace: Workspace, backtest: string | null, reach: Reach): readonly Sealable[] {
  const { journalBytes, quarantineBytes } = reach;
  const whole = (name: string, of: RunFolder = folder): readonly Sealable[] => {
    const path = of.file(name);
    return existsSync(path) ? [{ what: name, sha256: sha256(readFileSync(path)) }] : [];
  };
  const at = folder.file("models");
  const models = existsSync(at) ? readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory()) : [];
  return [
    { what: `${JOURNAL_FILE}, ${journalBytes} bytes`, sha256: hashOfBeginning(folder.file(JOURNAL_FILE), journalBytes) },
    ...(quarantineBytes === 0
      ? []
      : [{ what: `${QUARANTINE_FILE}, ${quarantineBytes} bytes`, sha256: hashOfBeginning(folder.file(QUARANTINE_FILE), quarantineBytes) }]),
    ...models
      .flatMap(({ parentPath, name }) => whole(relative(folder.path, join(parentPath, name))))
      .sort((a, b) => (a.what < b.what ? -1 : 1)),
    ...whole(EXPECTATION_FILE),
    ...(backtest === null ? [] : whole(VALIDATION_FILE, runFolderAt(workspace, backtest))),
  ];
}

const reachOf = (folder: RunFolder): Reach => ({
  journalBytes: sizeOf(folder.file(JOURNAL_FILE)),
  quarantineBytes: sizeOf(folder.file(QUARANTINE_FILE)),
});

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Empty, which is no hash, of a file that is gone. */
function hashOfBeginning(path: string, bytes: number): string {
  if (!existsSync(path)) return "";
  const hash = createHash("sha256");
  const fd = openSync(path, "r");
  try {
    const block = Buffer.alloc(1 << 20);
    for (let at = 0; at < bytes; ) {
      const read = readSync(fd, block, 0, Math.min(block.length, bytes - at), at);
      if (read === 0) break;
      hash.update(block.subarray(0, read));
      at += read;
    }
  } finally {
    closeSync(fd);
  }
  return hash.digest("hex");
}
