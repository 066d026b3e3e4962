// What a search may change: parameters with their bounds or choices. A parameter may hang on an earlier choice; where that choice was not
// made, it has no value.

/** What a categorical parameter may be. */
export type Choice = string | number | boolean | null;

/** Values by name, of the parameters that are active. */
export type Params = Readonly<Record<string, Choice>>;

export interface Condition {
  /** An earlier categorical parameter. */
  readonly parameter: string;
  /** Active where it has one of these values. */
  readonly is: readonly Choice[];
}

interface Common {
  readonly name: string;
  /** Null: always active. */
  readonly when: Condition | null;
}

/** From `low` to `high`, both possible. */
export interface FloatParameter extends Common {
  readonly kind: "float";
  readonly low: number;
  readonly high: number;
  /** Orders of magnitude count, not differences. Not together with `step`. */
  readonly log: boolean;
  /** Only `low`, `low + step`, ... up to `high`; null: any number. */
  readonly step: number | null;
}

export interface IntParameter extends Common {
  readonly kind: "int";
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** 1 with `log`. */
  readonly step: number;
}

export interface CategoricalParameter extends Common {
  readonly kind: "categorical";
  readonly choices: readonly Choice[];
}

export type NumericParameter = FloatParameter | IntParameter;
export type Parameter = NumericParameter | CategoricalParameter;

/** In their order; a condition looks back only. */
export type Space = readonly Parameter[];

/** Whether a parameter has a value beside those chosen before it. */
export function isActive({ when }: Parameter, chosen: Params): boolean {
  return when === null || (when.parameter in chosen && when.is.includes(chosen[when.parameter] as Choice));
}

/** Parameters that are active together always: one group per condition, in the order of their first parameters. */
export function groupsOf(space: Space): readonly (readonly Parameter[])[] {
  const groups = new Map<string, Parameter[]>();
  for (const parameter of space) {
    const key = JSON.stringify(parameter.when);
    groups.set(key, [...(groups.get(key) ?? []), parameter]);
  }
  return [...groups.values()];
}
