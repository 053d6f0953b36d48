import { openTokenizer } from "../engine/tokenizer.ts";
import { UserError } from "../errors.ts";
import { isLoopback } from "../server/access.ts";
import { logLine } from "../server/exchange-log.ts";
import { servedModel } from "../server/served-model.ts";
import { startServer } from "../server/server.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { type ModelFlags, withModel } from "./open-model.ts";
import { notice } from "./output.ts";

/** The flags of `serve`. */
export interface ServeFlags extends ModelFlags {
  readonly host: string;
  readonly port: number;
  /** The environment variable that holds the token. */
  readonly tokenEnv: string;
  /** Requests that are worked on or wait, at most. */
  readonly maxConcurrent: number;
  /** Origins of the web pages that may ask. */
  readonly allowOrigin?: readonly string[];
  readonly quiet?: boolean;
}

/**
 * `serve`: answers requests for completions as OpenAI's servers do, until it is interrupted. Rejects with a UserError
 * for a place beyond this machine without a token, a port that is in use, and a model that cannot be read.
 */
export async function serve(context: CommandContext, flags: ServeFlags): Promise<ExitCode> {
  const token = tokenOf(context, flags);
  const { interrupted } = context;
  const server = await startServer({
    host: flags.host,
    port: flags.port,
    token,
    origins: flags.allowOrigin ?? [],
    room: flags.maxConcurrent,
    now: context.now,
    newId: context.newId,
    onAnswered: (answered) => {
      if (flags.quiet !== true) context.stderr.write(`${logLine(answered)}\n`);
    },
    onMistake: (error) => {
      const stack = error instanceof Error ? error.stack : undefined;
      notice(context, `This is a mistake in the program itself.\n${stack ?? String(error)}`);
    },
  });
  try {
    // Naming the model says that it is one of this machine, whatever config engine.url is.
    const model = flags.model ?? context.settings.values.model;
    await withModel(context, { ...flags, model }, async ({ engine }) => {
      const { card } = engine;
      server.offer(servedModel(engine, await openTokenizer(card.folder), context.now()));
      notice(context, `${card.name} (${card.runtime}) is served at ${server.url}`);
      if (flags.quiet !== true)
        notice(context, token === null ? "No token is needed." : "A token is needed.");
      await aborted(interrupted);
      await server.close();
    });
  } finally {
    await server.close();
  }
  return 0;
}

/** Characters of a token that others may try: 80 bits if they are hexadecimal digits by chance. */
const SHORTEST_TOKEN = 20;

function tokenOf({ env }: CommandContext, { host, tokenEnv }: ServeFlags): string | null {
  const token = env[tokenEnv]?.trim() ?? "";
  if (isLoopback(host)) return token === "" ? null : token;
  if (token.length >= SHORTEST_TOKEN) return token;
  if (token !== "") {
    throw new UserError(
      `At ${host} others can reach the server, and a token of ${token.length} characters can be guessed.`,
      {
        hint: `Give ${tokenEnv} at least ${SHORTEST_TOKEN}, such as from: openssl rand -hex 32`,
        exitCode: 2,
      },
    );
  }
  throw new UserError(`At ${host} others can reach the server: it must have a token.`, {
    hint: `Put a long secret into the environment variable ${tokenEnv}, and give it to your clients as their API key. Or leave --host out.`,
    exitCode: 2,
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
