// `truewind explain RUN|MODEL [MOMENT] [INSTRUMENT]`
import { type Command, Option } from "commander";
import { type MethodName, methodNames } from "#models/explain/explainer-of.js";
import { performExplain } from "../explain/perform-explain.js";
import { decisionLines, overallLines } from "../explain/explanation-lines.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { interruptible } from "./terminal.js";

interface ExplainCommandOptions extends CommonOptions {
  readonly data?: string;
  readonly method: MethodName;
}

export function addExplain(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("explain"))
    .description("say why: which features drove a run or model, or one decision, in words and as pictures in its report")
    .argument("<name>", "id of a run or model, or the beginning of one")
    .argument("[moment]", "a decision: its day (YYYY-MM-DD), or its time in UTC where a day has several")
    .argument("[instrument]", "one name of that decision (default: those traded)")
    .option("--data <file>", "for models of tables: the rows to be explained")
    .addOption(new Option("--method <name>", "how; auto takes what fits the model").choices(methodNames).default("auto"))
    .action(async (name: string, moment: string | undefined, instrument: string | undefined, options: ExplainCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const { asked, page } = await performExplain(
        { workspace, name, moment: moment ?? null, instrument: instrument ?? null, data: options.data ?? null, method: options.method },
        { onProgress: (step, done) => terminal.progress(step, done), signal: interruptible() },
      );
      terminal.settle();
      const lines = "names" in asked ? decisionLines(asked, asked.names.length === 1) : overallLines(asked);
      for (const line of lines) terminal.say(line);
      terminal.say();
      terminal.say(`Look at it: ${page}`);
      terminal.result({ page, ...asked });
    });
}
