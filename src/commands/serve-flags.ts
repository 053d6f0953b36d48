import { type Command, InvalidArgumentError, Option } from "commander";
import type { Run } from "./context.ts";
import { addModelFlags, wholeNumber } from "./flags.ts";

/** Adds `serve`. */
export function addServe(program: Command, run: Run): void {
  const command = program
    .command("serve")
    .description("offer the model to other programs on this machine, as an OpenAI-compatible server")
    .optionsGroup("Server:")
    .option("--host <HOST>", "address to listen at; beyond this machine a token is needed", "127.0.0.1")
    .addOption(
      new Option("--port <N>", "port to listen at; 0 takes any that is free")
        .argParser(wholeNumber(0, 65_535))
        .default(8080),
    )
    .option("--token-env <NAME>", "environment variable that holds the token of clients", "INKWRIGHT_TOKEN")
    .addOption(
      new Option("--max-concurrent <N>", "requests at once; one is worked on, the others wait in turn")
        .argParser(wholeNumber(1, 10_000))
        .default(64),
    )
    .addOption(
      new Option(
        "--allow-origin <ORIGIN>",
        "web pages of this origin may ask, such as http://localhost:3000; may be given several times",
      ).argParser((text: string, before: readonly string[] | undefined) => {
        if (text === "*" || URL.canParse(text)) return [...(before ?? []), text.replace(/\/$/, "")];
        throw new InvalidArgumentError("It must be an origin, such as http://localhost:3000, or *.");
      }),
    )
    .option("--quiet", "write no line for each request");
  addModelFlags(command, { remote: false });
  command
    .addHelpText(
      "after",
      `
Paths: GET /v1/models, POST /v1/completions, GET /health. Ctrl+C ends it. See docs/server.md.

Examples:
  inkwright serve
  curl http://127.0.0.1:8080/v1/completions -H 'Content-Type: application/json' \\
    -d '{"prompt": "The lighthouse", "max_tokens": 40}'
  INKWRIGHT_TOKEN=$(openssl rand -hex 32) inkwright serve --host 0.0.0.0`,
    )
    .action((flags: import("./serve.ts").ServeFlags) =>
      run(async (context) => (await import("./serve.ts")).serve(context, flags)),
    );
}
