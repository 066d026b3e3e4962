// Takes an ONNX file of another maker in: opens it, tries it on a few rows, and seals it with a card that says what goes in and comes out.
import { TruewindError } from "#base/errors.js";
import type { CardHead } from "#models/tensor/sealed-file.js";
import { sealOnnx } from "#models/tensor/sealed-file.js";
import { loadRuntime, openSession, type Session } from "#models/tensor/runtime.js";
import type { OnnxFacts } from "#models/tensor/onnx-reader.js";
import { badFile, fitInputs, type Fitting, readForeign } from "./inputs.js";
import { feedsOf } from "./feeds.js";
import { type OnnxSettings, parseOnnxSettings } from "./settings.js";

export const HEAD = { family: "onnx", version: 1 } as const;

export interface OnnxCard extends CardHead, Fitting {
  readonly family: "onnx";
  readonly version: 1;
  readonly features: readonly string[];
  readonly steps: number;
  readonly part: number;
  readonly probability: boolean;
  /** As the file names it: `pytorch`, `skl2onnx`, … */
  readonly producer: string;
}

/** The artifact of a model. Throws `bad-config` for the settings, `bad-file` for the file, `no-runtime`. */
export async function importOnnx(file: Uint8Array, raw: unknown): Promise<Uint8Array> {
  const settings = parseOnnxSettings(raw);
  const facts = readForeign(file);
  const fitting = fitInputs(facts, settings);
  const session = await open(file, facts);
  try {
    const part = await tryRows(session, fitting, settings);
    const { features, steps, probability } = settings;
    const card: OnnxCard = { ...HEAD, ...fitting, features, steps, part, probability, producer: facts.producer };
    return sealOnnx(file, card);
  } finally {
    await session.release();
  }
}

async function open(file: Uint8Array, { opsets, irVersion, operators }: OnnxFacts): Promise<Session> {
  const { env } = await loadRuntime();
  try {
    return await openSession(file, { threads: 1, device: "cpu" });
  } catch (cause) {
    if (cause instanceof TruewindError) throw cause;
    const said = (cause as Error).message;
    const runtime = `ONNX Runtime ${env.versions.node ?? env.versions.common}`;
    const newest = /domain (\S+) is till opset (\d+)/.exec(said);
    if (newest !== null) {
      const domain = newest[1] === "ai.onnx" ? "" : (newest[1] as string);
      throw badFile(
        `it wants version ${opsets.get(domain)} of the operators, and ${runtime} knows them up to ${newest[2]}; export it with a lower opset`,
        { cause },
      );
    }
    const form = /max supported IR version: (\d+)/.exec(said)?.[1];
    if (form !== undefined)
      throw badFile(`it is of form ${irVersion}, and ${runtime} reads up to ${form}; export it with an older version of its tool`, {
        cause,
      });
    const foreign = operators.find(({ domain }) => !KNOWN_DOMAINS.has(domain));
    if (foreign !== undefined)
      throw badFile(`it uses the operator ${foreign.op} of the domain ${foreign.domain}, which ${runtime} does not have`, { cause });
    const unknown = /(?:No Op registered for|Fatal error:) ?([\w.:]+)/.exec(said)?.[1];
    if (unknown !== undefined) throw badFile(`it uses the operator ${unknown}, which ${runtime} does not have`, { cause });
    throw badFile(`${runtime} says: ${(said.split("\n")[0] as string).slice(0, 300).replace(/\.$/, "")}`, { cause });
  }
}

const KNOWN_DOMAINS = new Set(["", "ai.onnx", "ai.onnx.ml", "com.microsoft"]);

/** The chosen part. Two numbers of rows show whether the file takes any. */
async function tryRows(session: Session, fitting: Fitting, settings: OnnxSettings): Promise<number> {
  const { features, steps } = settings;
  let parts = 0;
  for (const rows of [1, 3]) {
    let data: ArrayLike<unknown>;
    try {
      const feeds = await feedsOf(fitting.inputs, new Float32Array(rows * steps * features.length), rows, steps, features.length);
      const result = (await session.run(feeds, { [fitting.output]: null }))[fitting.output];
      data = result?.data as ArrayLike<unknown>;
    } catch (cause) {
      const said = ((cause as Error).message.split("\n")[0] as string).slice(0, 300).replace(/\.$/, "");
      throw badFile(
        `${rows === 1 ? "one row" : `${rows} rows at once`} of ${steps} x ${features.length} numbers do not go through it (${said})`,
        { cause },
      );
    }
    parts = data.length / rows;
    if (!(Number.isInteger(parts) && parts > 0))
      throw badFile(`its output "${fitting.output}" gives ${data.length} numbers for ${rows} rows`);
  }
  const { part } = settings;
  if (part === null && parts > 1)
    throw badFile(`its output "${fitting.output}" gives ${parts} numbers per row: choose one with --part 0 to ${parts - 1}`);
  if (part !== null && part >= parts)
    throw badFile(`its output "${fitting.output}" gives ${parts} numbers per row, and part ${part} is none of them`);
  return part ?? 0;
}
