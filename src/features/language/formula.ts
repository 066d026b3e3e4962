// A formula as text, in the words of `Series`: `close / close.lag(20) - 1`, `rank(volume.mean(5) / volume.mean(60))`. It is only
// ever made into an expression: no code of a user is run. Units are checked when the feature is defined.
import { TruewindError } from "#base/errors.js";
import { MONEY, PRICE, PURE, VOLUME } from "#features/inputs/columns.js";
import type { FactSource } from "#features/inputs/source.js";
import { type FoldName, folds } from "#features/folds/table.js";
import { type AcrossName, acrosses } from "#features/statistics/across.js";
import { type StatisticName, statistics } from "#features/statistics/table.js";
import { calendar, close, fact, high, low, marketFact, open, tape, typical, volume } from "./inputs.js";
import { across, fold, peer, withinSector } from "./joint.js";
import { type PeerRole, peerRoles } from "./node.js";
import { Condition, constant, CrossSection, rank, Series, statistic, where, zscore } from "./series.js";
import { type Token, tokenize } from "./tokens.js";

type Value = Series | Condition | CrossSection | number | string | readonly Value[];
type Any = Series<"ratio">;

const isStatistic = (name: string): name is StatisticName => Object.hasOwn(statistics, name);
const isFold = (name: string): name is FoldName => Object.hasOwn(folds, name);
const isAcross = (name: string): name is AcrossName => Object.hasOwn(acrosses, name);

/** What a plain name in a formula stands for besides the bar's fields: another feature. Null when it is none. */
export type NameResolver = (name: string) => Series | null;

/** Throws `bad-config` that says where the formula fails and why. */
export function parseFormula(text: string, resolve: NameResolver = () => null): Series | CrossSection {
  const parser = new Parser(tokenize(text), text, resolve);
  const value = parser.formula();
  if (value instanceof Series || value instanceof CrossSection) return value;
  if (value instanceof Condition) return value.flag();
  if (typeof value === "number") return constant(value);
  throw wrong(text, 0, "it is no formula");
}

const fields: Readonly<Record<string, Series>> = { open, high, low, close, volume, typical };
const dimensions = { price: PRICE, volume: VOLUME, money: MONEY, pure: PURE } as const;
const shows: readonly FactSource["show"][] = ["value", "age", "count", "sum", "squares", "max", "min"];

/** Methods of `Series` by the kinds of their arguments: `s` a series or number, `n` a number. */
const methods: Readonly<Record<string, string>> = {
  abs: "",
  sign: "",
  log: "",
  sqrt: "",
  exp: "",
  tanh: "",
  atan: "",
  floor: "",
  square: "",
  known: "",
  neg: "",
  or: "s",
  min: "s",
  max: "s",
  clip: "nn",
  lag: "n",
  diff: "n",
  change: "n",
  sum: "n",
  mean: "n",
  sma: "n",
  ema: "n",
  rma: "n",
  smooth: "nn",
  std: "n",
  skew: "n",
  slope: "n",
  rollingMax: "n",
  rollingMin: "n",
  median: "n",
  quantile: "nn",
  cov: "sn",
  corr: "sn",
};

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly text: string,
    private readonly resolve: NameResolver,
  ) {}

  formula(): Value {
    const value = this.comparison();
    if (this.peek() !== undefined) throw this.fail(`"${this.peek()?.text}" is not expected here`);
    return value;
  }

  private comparison(): Value {
    const left = this.sum();
    const sign = this.take(">") ?? this.take("<");
    if (sign === undefined) return left;
    const [a, b] = [this.series(left, sign), this.series(this.sum(), sign)];
    return sign.text === ">" ? a.gt(b) : b.gt(a);
  }

  private sum(): Value {
    let left = this.product();
    for (let sign = this.take("+") ?? this.take("-"); sign !== undefined; sign = this.take("+") ?? this.take("-")) {
      const right = this.product();
      const [a, b] = [this.series(left, sign), this.series(right, sign)];
      left = sign.text === "+" ? a.add(b) : a.sub(b);
    }
    return left;
  }

  private product(): Value {
    let left = this.unary();
    for (let sign = this.take("*") ?? this.take("/"); sign !== undefined; sign = this.take("*") ?? this.take("/")) {
      const right = this.unary();
      const [a, b] = [this.series(left, sign), this.series(right, sign)];
      left = sign.text === "*" ? a.mul(b) : a.div(b);
    }
    return left;
  }

  private unary(): Value {
    const sign = this.take("-");
    if (sign === undefined) return this.postfix();
    const value = this.unary();
    return typeof value === "number" ? -value : this.series(value, sign).neg();
  }

  private postfix(): Value {
    let value = this.primary();
    while (this.take(".") !== undefined) {
      const name = this.expect("name", "the name of an operator");
      value = this.method(value, name, this.args());
    }
    return value;
  }

  private primary(): Value {
    const token = this.peek();
    if (token === undefined) throw this.fail("it ends too early");
    this.at++;
    if (token.kind === "number") return Number(token.text);
    if (token.kind === "string") return token.text;
    if (token.text === "(") {
      const value = this.comparison();
      this.expect(")");
      return value;
    }
    if (token.text === "[") return this.list();
    if (token.kind !== "name") throw this.fail(`"${token.text}" is not expected here`, token);
    return this.peek()?.text === "(" ? this.call(token, this.args()) : this.named(token);
  }

  private list(): readonly Value[] {
    const values: Value[] = [];
    while (this.take("]") === undefined) {
      values.push(this.comparison());
      if (this.peek()?.text !== "]") this.expect(",");
    }
    return values;
  }

  private args(): Value[] {
    this.expect("(");
    const values: Value[] = [];
    if (this.take(")") !== undefined) return values;
    do values.push(this.comparison());
    while (this.take(",") !== undefined);
    this.expect(")");
    return values;
  }

  private named(token: Token): Value {
    const found = Object.hasOwn(fields, token.text) ? fields[token.text] : this.resolve(token.text);
    if (found === null || found === undefined) {
      throw this.fail(`there is no input or feature "${token.text}"; inputs are ${Object.keys(fields).join(", ")}`, token);
    }
    return found;
  }

  private method(value: Value, name: Token, args: readonly Value[]): Value {
    const self = this.series(value, name);
    if (name.text === "statistic") {
      const [fn, bars, params = []] = args;
      if (typeof fn !== "string" || !isStatistic(fn)) throw this.fail("statistic takes the name of one first", name);
      return statistic(fn, [self], this.number(bars, name), this.numbers(params, name));
    }
    const kinds = Object.hasOwn(methods, name.text) ? methods[name.text] : undefined;
    if (kinds === undefined) throw this.fail(`there is no operator "${name.text}"; there are ${Object.keys(methods).join(", ")}`, name);
    if (args.length !== kinds.length) throw this.fail(`${name.text} takes ${kinds.length} values in brackets, not ${args.length}`, name);
    const given = args.map((arg, k) => (kinds[k] === "n" ? this.number(arg, name) : this.series(arg, name)));
    const operators = self as unknown as Readonly<Record<string, (...all: readonly unknown[]) => Series>>;
    return (operators[name.text] as (...all: readonly unknown[]) => Series).apply(self, given);
  }

  private call(name: Token, args: readonly Value[]): Value {
    const [first, second, third] = args;
    switch (name.text) {
      case "where":
        return where(
          first instanceof Condition ? first : new Condition(this.series(first, name).node),
          this.series(second, name),
          this.series(third, name),
        );
      case "rank":
        return rank(this.series(first, name));
      case "zscore":
        return zscore(this.series(first, name));
      case "across":
      case "withinSector":
        if (typeof first !== "string" || !isAcross(first))
          throw this.fail(`${name.text} takes the name of a function first, as "mean"`, name);
        return (name.text === "across" ? across : withinSector)(first, this.series(second, name), this.numbers(third ?? [], name));
      case "peer":
        if (!peerRoles.some((role) => role === first)) throw this.fail(`peer takes a role first: ${peerRoles.join(", ")}`, name);
        return peer(first as PeerRole, this.series(second, name));
      case "fold":
        if (typeof first !== "string" || !isFold(first)) throw this.fail("fold takes the name of a recursive function first", name);
        return fold(first, this.several(second, name), this.numbers(third ?? [], name), this.number(args[3] ?? 0, name));
      case "statistic":
        if (typeof first !== "string" || !isStatistic(first)) throw this.fail("statistic takes the name of one first", name);
        return statistic(first, this.several(second, name), this.number(third, name), this.numbers(args[3] ?? [], name));
      case "fact":
        return fact(...this.factArgs(name, args));
      case "marketFact":
        return marketFact(...this.factArgs(name, args));
      case "tape":
        return tape(this.word(first, name), this.word(second, name));
      case "calendar":
        return calendar(this.word(first, name));
      default:
        // `log(x)` is `x.log()`.
        if (!Object.hasOwn(methods, name.text)) throw this.fail(`there is no function "${name.text}"`, name);
        return this.method(first ?? 0, name, args.slice(1));
    }
  }

  private factArgs(name: Token, [field, show = "value", back = 0, dimension = "pure"]: readonly Value[]): Parameters<typeof fact> {
    const known = shows.find((candidate) => candidate === show);
    if (known === undefined) throw this.fail(`the second value of ${name.text} is one of ${shows.join(", ")}`, name);
    if (typeof dimension !== "string" || !Object.hasOwn(dimensions, dimension)) {
      throw this.fail(`the fourth value of ${name.text} is one of ${Object.keys(dimensions).join(", ")}`, name);
    }
    const unit = dimensions[dimension as keyof typeof dimensions];
    return [this.word(field, name), { show: known, back: this.number(back, name), dimension: unit }];
  }

  private series(value: Value | undefined, near: Token): Any {
    if (typeof value === "number") return constant(value);
    if (value instanceof Series) return value as Any;
    if (value instanceof Condition) return value.flag();
    if (value instanceof CrossSection) throw this.fail("a rank or z-score is final: nothing can be made of it", near);
    throw this.fail("a series of values is needed", near);
  }

  private number(value: Value | undefined, near: Token): number {
    if (typeof value !== "number") throw this.fail("a number is needed", near);
    return value;
  }

  private numbers(value: Value, near: Token): readonly number[] {
    if (!Array.isArray(value)) throw this.fail("a list of numbers is needed, as [1, 2]", near);
    return value.map((entry: Value) => this.number(entry, near));
  }

  /** One series, or a list of them. */
  private several(value: Value | undefined, near: Token): readonly Series[] {
    return Array.isArray(value) ? value.map((entry: Value) => this.series(entry, near)) : [this.series(value, near)];
  }

  private word(value: Value | undefined, near: Token): string {
    if (typeof value !== "string") throw this.fail("a name in quotes is needed", near);
    return value;
  }

  private peek(): Token | undefined {
    return this.tokens[this.at];
  }

  private take(text: string): Token | undefined {
    const token = this.peek();
    if (token?.kind !== "sign" || token.text !== text) return undefined;
    this.at++;
    return token;
  }

  private expect(what: string, words = `"${what}"`): Token {
    const token = this.peek();
    const fits = what === "name" ? token?.kind === "name" : token?.kind === "sign" && token.text === what;
    if (token === undefined || !fits) throw this.fail(`${words} is needed`);
    this.at++;
    return token;
  }

  private fail(why: string, token = this.peek()): TruewindError {
    return wrong(this.text, token?.at ?? this.text.length, why);
  }
}

function wrong(text: string, at: number, why: string): TruewindError {
  return new TruewindError("bad-config", `The formula "${text}" is wrong at character ${at + 1}: ${why}.`);
}
