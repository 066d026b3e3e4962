// A model family with a memory, so that a walk-forward that was interrupted fits nothing twice.
import { existsSync } from "node:fs";
import type { GradientExchange } from "#ports/gradient-exchange.js";
import type { ModelFamily } from "#ports/model.js";
import { writeWhole } from "../runs/run-folder.js";
import { type ModelFolder, checkpointAt, loadKept } from "./model-folder.js";

export const artifactOf = (series: string, fold: number): string => `${series}-fold-${fold + 1}.model`;

/**
 * What the folder has is loaded, what it lacks is fitted, and kept by the first process. Folds come in order. A fold is kept only when all
 * processes have fitted it: all know what is left to do. `series` names the files.
 */
export function keeping(
  family: ModelFamily<unknown>,
  folder: ModelFolder,
  series: string,
  exchange: GradientExchange | undefined,
): ModelFamily<unknown> {
  let fold = 0;
  return {
    ...family,
    async fit(config, train, context) {
      const name = artifactOf(series, fold);
      const checkpoint = checkpointAt(folder, `${series}-fold-${++fold}.checkpoint`);
      const path = folder.file(name);
      if (!existsSync(path)) {
        const model = await family.fit(config, train, { ...context, checkpoint, exchange });
        if (exchange !== undefined && exchange.rank > 0) return model;
        writeWhole(path, model.save());
        checkpoint.remove();
      }
      return loadKept(family, path);
    },
  };
}
