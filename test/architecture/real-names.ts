// Who in `app` may open data under their own symbols: everything that runs an experiment goes through `openExperiment`.
import { isTest, isTypeScript, type SourceFile, type Violation } from "./repository.js";

const openers = /\b(openDataset|openVersion|openRunFacts|openRunQuotes|openFactSets)\(/;

/** The few that may, each with its reason. */
const allowed = new Map([
  ["src/app/names/open-experiment.ts", "it is the way"],
  ["src/app/modes/run-facts.ts", "it defines how facts are opened"],
  ["src/app/modes/recorded-quotes.ts", "it defines how quotes are opened"],
  ["src/app/runs/tick-bars-dataset.ts", "it makes data of data, and no experiment is run"],
  ["src/app/leaks/perform-leaks.ts", "a program of the user's own reads his symbols; an experiment on few names has its facts cut"],
  ["src/app/runs/perform-replay.ts", "it compares the id of the data before it asks for a key"],
  ["src/app/store/part-worker.ts", "the offline store is data"],
  ["src/app/execution/perform-execute.ts", "it prices orders on a dataset, and no experiment is run"],
  ["src/app/cli/features.ts", "it draws features of a dataset"],
  ["src/app/cli/features-compute.ts", "the offline store is data"],
  ["src/app/names/read-names.ts", "it is the way back"],
  ["src/app/cli/trials.ts", "it asks for the lineage of a dataset"],
]);

export function checkRealNames(files: readonly SourceFile[]): readonly Violation[] {
  return files
    .filter((file) => file.path.startsWith("src/app/") && isTypeScript(file) && !isTest(file) && !allowed.has(file.path))
    .flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, index) => {
        const opener = openers.exec(line)?.[1];
        const message = `calls ${opener}: the data of an experiment are opened by openExperiment, in anonymized names`;
        return opener === undefined ? [] : [{ path, line: index + 1, message }];
      }),
    );
}
