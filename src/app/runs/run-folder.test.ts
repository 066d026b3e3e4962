// The models of a run on disk: what is read is to the bit what was kept.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "#base/hash.js";
import { createRng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import { modelFamily } from "#models/registry/families.js";
import { sampleTrainingSet } from "#test/contracts/model.js";
import { openWorkspace } from "../config/workspace.js";
import { findRunFolder, openRunFolder, readModels, type RunFolder, writeModels } from "./run-folder.js";

describe("the models of a run", () => {
  const home = mkdtempSync(join(tmpdir(), "truewind-run-"));
  let folder: RunFolder;
  let path: string;
  let kept: Uint8Array;

  beforeAll(async () => {
    const family = modelFamily("ridge");
    const train = sampleTrainingSet("kept");
    const model = await family.fit(family.parseConfig({}), train, { rng: createRng("kept"), onProgress: () => undefined });
    const from = 0 as Micros;
    const card = {
      id: "ridge-1",
      family: "ridge",
      trainedOn: { from, to: from, dataId: "x", rows: train.rows },
      features: train.features,
      label: { name: "excess", horizonSessions: 1, embargoSessions: 0 },
      seed: "1",
      codeVersion: "test",
      artifactHash: sha256(model.save()),
      trialsBeforeThis: 0,
    };
    folder = openRunFolder(openWorkspace(join(home, "ws")), "run");
    writeModels(folder, [{ card, from, model }]);
    path = folder.file(join("models", "ridge-1.model"));
    kept = readFileSync(path);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("are those that were kept", () => {
    expect(readModels(folder).map(({ model }) => model.save())).toEqual([Uint8Array.from(kept)]);
  });

  it("are refused with the name of the file when a coefficient changed by a bit, and when bytes are lost", () => {
    for (const at of kept.keys()) {
      writeFileSync(
        path,
        kept.map((byte, i) => (i === at ? byte ^ 1 : byte)),
      );
      expect(() => readModels(folder)).toThrow(
        `${path} is damaged: restore it from a copy, or move the folder of run run away and run its experiment again.`,
      );
    }
    writeFileSync(path, kept.subarray(0, 9));
    expect(() => readModels(folder)).toThrow(/ridge-1\.model is damaged/);
    rmSync(path);
    expect(() => readModels(folder)).toThrow(/ridge-1\.model is gone/);
  });
});

describe("an id", () => {
  it("that is empty means no run, even where there is but one", () => {
    const home = mkdtempSync(join(tmpdir(), "truewind-run-"));
    const workspace = openWorkspace(home);
    openRunFolder(workspace, "only");
    expect(findRunFolder(workspace, "on").id).toBe("only");
    expect(() => findRunFolder(workspace, " ")).toThrow(/id of the run is empty/);
    rmSync(home, { recursive: true, force: true });
  });
});
