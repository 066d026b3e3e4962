// The verb behind `truewind splits`: how an experiment's samples are split, in words and as a picture. Labels are made, as purging goes by
// their ends; features and models are not.
import { TruewindError } from "#base/errors.js";
import type { Split } from "#research/splits/split.js";
import { combinatorialSplits, pathsOf } from "#research/splits/combinatorial.js";
import { sessionEmbargo } from "#research/splits/embargo.js";
import { timesOf } from "#research/splits/split.js";
import { daysOf, type Timeline, timelineOf } from "#research/splits/timeline.js";
import { splitOf } from "#research/splits/walk-forward-splits.js";
import type { Experiment } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import { type Progress, type StudyData, collectStudy } from "../modes/study.js";
import { openUniverse } from "../modes/universe.js";
import { openExperiment } from "../names/open-experiment.js";
import { renderSplitPicture } from "../report/split-picture.js";

export interface SplitOptions {
  readonly workspace: Workspace;
  readonly onProgress: Progress;
  readonly signal?: AbortSignal | undefined;
  /** Null: the experiment's own folds, walking forward. Else so many groups of which so many are tested at a time. */
  readonly combinatorial: { readonly groups: number; readonly tested: number } | null;
}

export interface DrawnSplits {
  readonly name: string;
  readonly splits: readonly {
    /** From 1; of groups that are tested, all their numbers. */
    readonly name: string;
    readonly spans: ReturnType<typeof daysOf>;
    /** Samples with a label, by use. */
    readonly samples: Timeline["samples"];
  }[];
  /** Histories that the tests can be put together to; 1 when walking forward. */
  readonly paths: number;
  /** An SVG document. */
  readonly picture: string;
}

/** Throws `bad-config`, `no-data`, `no-such-dataset` or `interrupted`. */
export async function drawSplits(asked: Experiment, options: SplitOptions): Promise<DrawnSplits> {
  const { workspace, onProgress, signal, combinatorial } = options;
  const { experiment, dataset, facts } = await openExperiment(workspace, asked);
  const universe = openUniverse(experiment, dataset, facts);
  const data = await collectStudy(experiment, { ...universe, features: [] }, onProgress, signal);
  const times = timesOf(data.frames, data.labels);
  const { embargo } = experiment.splits;
  const splits =
    combinatorial === null
      ? data.folds.map((fold) => splitOf(fold, data.frames))
      : combinatorialSplits(times, { ...combinatorial, embargo: sessionEmbargo(universe.sessions, embargo) });
  const drawn = splits.map((split) => {
    const { spans, samples } = timelineOf(times, split);
    return { name: nameOf(split, combinatorial === null), spans: daysOf(spans), samples };
  });
  refuseEmpty(drawn, data);
  const paths = combinatorial === null ? 1 : pathsOf(splits, combinatorial.groups).length;
  const note = `Labels of ${experiment.label.kind} over ${experiment.label.horizon}, an embargo of ${embargo} sessions: no label of training reaches into the time of a test.`;
  return {
    name: experiment.name,
    splits: drawn,
    paths,
    picture: renderSplitPicture({ title: titleOf(experiment, options, splits.length, paths), note, rows: drawn }),
  };
}

function nameOf({ index, groups }: Split, forward: boolean): string {
  return forward ? String(index + 1) : groups.map((group) => group + 1).join("+");
}

function titleOf({ name, splits }: Experiment, { combinatorial }: SplitOptions, count: number, paths: number): string {
  if (combinatorial === null) return `${name}: walk-forward, ${splits.window}, ${count} ${count === 1 ? "fold" : "folds"}`;
  const { groups, tested } = combinatorial;
  if (tested === 1) return `${name}: purged cross-validation in ${groups} folds`;
  return `${name}: combinatorial purged cross-validation, ${groups} groups, ${tested} tested: ${count} splits, ${paths} paths`;
}

function refuseEmpty(drawn: DrawnSplits["splits"], { labels }: StudyData): void {
  const empty = drawn.find(({ samples }) => samples.train === 0);
  if (empty === undefined) return;
  throw new TruewindError(
    "no-data",
    `Split ${empty.name} has no training sample that is clear of its test, of ${labels.value.filter((value) => !Number.isNaN(value)).length} with a label: start the data earlier, shorten the embargo or the label, or ask for other groups.`,
  );
}
