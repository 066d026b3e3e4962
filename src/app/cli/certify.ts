// `truewind certify RUN`
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { certificateLines } from "../certificate/certificate-lines.js";
import { performCertify, performVerify } from "../certificate/perform-certify.js";
import { CERTIFICATE_FILE, CERTIFICATE_PAGE } from "../runs/run-folder.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

interface CertifyOptions extends CommonOptions {
  readonly verify?: boolean;
  readonly requireGo?: boolean;
}

export function addCertify(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("certify"))
    .description("judge a paper session: go, no-go or not enough evidence, sealed over its journal and models")
    .argument("<run>", "id of a paper session, or the beginning of one")
    .option("--verify", "check a certificate: fails when one byte of what it stands on has changed")
    .option("--require-go", "exit with 3 unless the answer is go")
    .action(async (run: string, options: CertifyOptions) => {
      const { workspace, terminal } = context.open(options);
      const progress = (step: string, done: number): void => terminal.progress(step, done);
      const verified = options.verify === true ? await performVerify(run, workspace, progress) : null;
      const { folder, certificate } = verified ?? (await performCertify(run, workspace, progress));
      terminal.settle();
      for (const line of certificateLines(certificate)) terminal.say(line);
      terminal.say();
      if (verified !== null)
        terminal.say(
          verified.goneOn
            ? "The seal holds, for the part of the session that it speaks of: the session has gone on since."
            : "The seal holds: every file is what was certified, and judged again it says the same.",
        );
      terminal.say(`Look at the page: ${folder.file(CERTIFICATE_PAGE)}`);
      terminal.result({
        page: folder.file(CERTIFICATE_PAGE),
        file: folder.file(CERTIFICATE_FILE),
        ...(verified === null ? {} : { verified: true, goneOn: verified.goneOn }),
        ...certificate,
      });
      if (options.requireGo === true && certificate.decision !== "go")
        throw new TruewindError("gate-closed", `The certificate says "${certificate.decision}", and go was required.`);
    });
}
