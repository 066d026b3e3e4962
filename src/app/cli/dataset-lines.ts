// A dataset as the command line finds it and speaks of it.
import { statSync } from "node:fs";
import { TruewindError } from "#base/errors.js";
import { type LocatedDeclaration, readDeclaration } from "#data/import/declaration.js";
import { detectDeclaration } from "#data/import/detect-declaration.js";
import type { DatasetManifest } from "#domain/dataset.js";
import { formatMicros } from "#domain/time.js";

/** `name` replaces the declared one. Throws `no-such-file` when there is neither a file nor a folder. */
export async function locate(source: string, name?: string): Promise<LocatedDeclaration> {
  const found = statSync(source, { throwIfNoEntry: false });
  if (found === undefined) throw new TruewindError("no-such-file", `There is nothing at ${source}: check the path.`);
  const located = await (found.isDirectory() ? detectDeclaration(source) : readDeclaration(source));
  return name === undefined ? located : { ...located, declaration: { ...located.declaration, name } };
}

export function describe(manifest: DatasetManifest, say: (line: string) => void): void {
  say(oneLine(manifest));
  const basis = { raw: "raw", split: "adjusted for splits", full: "adjusted for splits and dividends" }[manifest.priceBasis];
  say(
    `  prices ${basis}${manifest.priceBasisAssumed ? " (assumed: declare priceBasis to change it)" : ""}; ${survivors(manifest)}; calendar ${manifest.calendar}`,
  );
}

function survivors({ survivorsOnly, survivorsAssumed }: DatasetManifest): string {
  if (!survivorsOnly) return "names that died are in it";
  return `SURVIVORS ONLY${survivorsAssumed ? " (inferred: no name ends early)" : ""}`;
}

export function oneLine(manifest: DatasetManifest): string {
  const day = (time: DatasetManifest["from"]): string => (time === null ? "?" : formatMicros(time).slice(0, 10));
  return `${manifest.name}: ${manifest.rows.toLocaleString("en")} ${manifest.kind}s of ${manifest.instruments.length} instruments, ${day(manifest.from)} to ${day(manifest.to)}, id ${manifest.id.slice(0, 12)}`;
}

/** For machines: the manifest with the number of its instruments in place of their list. */
export function brief(manifest: DatasetManifest) {
  const { instruments, ...rest } = manifest;
  return { ...rest, instruments: instruments.length };
}
