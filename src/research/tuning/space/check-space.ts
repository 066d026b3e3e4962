// Whether a search space makes sense, all problems at once.
import { TruewindError } from "#base/errors.js";
import type { CategoricalParameter, NumericParameter, Parameter, Space } from "./parameter.js";

/** Throws `bad-config` naming every problem; `where` names the place in messages. */
export function checkSpace(space: Space, where: string): Space {
  if (space.length === 0) throw new TruewindError("bad-config", `${where} is empty: name at least one parameter to search over.`);
  const problems = space.flatMap((parameter, at) =>
    [...problemsOf(parameter), ...conditionProblems(parameter, space.slice(0, at))].map((problem) => `  ${parameter.name}: ${problem}`),
  );
  if (problems.length > 0)
    throw new TruewindError(
      "bad-config",
      `${where} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${problems.join("\n")}`,
    );
  return space;
}

function problemsOf(parameter: Parameter): readonly string[] {
  return parameter.kind === "categorical" ? choiceProblems(parameter) : boundProblems(parameter);
}

function choiceProblems({ choices }: CategoricalParameter): readonly string[] {
  if (choices.length < 2) return ["choices must hold at least two values: a single one belongs into the experiment itself"];
  return new Set(choices).size === choices.length ? [] : ["choices holds a value twice"];
}

function boundProblems({ kind, low, high, log, step }: NumericParameter): readonly string[] {
  const problems: string[] = [];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return ["low and high must be finite numbers"];
  if (low >= high) problems.push(`low (${low}) must be below high (${high})`);
  if (log && low <= 0) problems.push(`low (${low}) must be above 0 with log`);
  if (step !== null && !(step > 0)) problems.push(`step (${step}) must be above 0`);
  if (step !== null && step > high - low) problems.push(`step (${step}) is wider than the range from ${low} to ${high}`);
  if (kind === "float" && log && step !== null) problems.push("log and step do not go together");
  if (kind === "int" && log && step !== 1) problems.push("log and a step other than 1 do not go together");
  if (kind === "int" && ![low, high, step ?? 1].every(Number.isSafeInteger)) problems.push("low, high and step must be whole numbers");
  return problems;
}

function conditionProblems({ name, when }: Parameter, earlier: Space): readonly string[] {
  const problems = earlier.some((other) => other.name === name) ? ["is named twice"] : [];
  if (when === null) return problems;
  const on = earlier.find((other) => other.name === when.parameter);
  if (on === undefined) return [...problems, `hangs on "${when.parameter}", which is no parameter before it`];
  if (on.kind !== "categorical") return [...problems, `hangs on "${when.parameter}", which has no choices`];
  const unknown = when.is.filter((value) => !on.choices.includes(value));
  if (unknown.length > 0)
    problems.push(`hangs on ${unknown.map((value) => JSON.stringify(value)).join(", ")}, which ${when.parameter} cannot be`);
  if (when.is.length === 0) problems.push(`hangs on no value of ${when.parameter}`);
  return problems;
}
