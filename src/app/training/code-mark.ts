// Which version of the code the artifacts of a folder come from: those of another are no part of this training.
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { writeWhole } from "../runs/run-folder.js";
import type { ModelFolder } from "./model-folder.js";

const MARK = "code-version";

export function forgetOtherCode(folder: ModelFolder, codeVersion: string): void {
  const mark = folder.file(MARK);
  if (existsSync(mark) && readFileSync(mark, "utf8") === codeVersion) return;
  for (const name of readdirSync(folder.path))
    if (/^seed-\d+(-fold-\d+)?\.(model|checkpoint)(\.part)?$/.test(name)) rmSync(folder.file(name));
  writeWhole(mark, codeVersion);
}
