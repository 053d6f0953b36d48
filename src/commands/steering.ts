import { UserError } from "../errors.ts";
import { NO_STEERING, parseSteering, type StorySteering } from "../story/steering.ts";
import type { CommandContext } from "./context.ts";
import { notice } from "./output.ts";
import type { SteeringFlags } from "./steering-flags.ts";

/** What the flags say. Throws a UserError (exit code 2) for a key of lore that is no regular expression. */
export function steeringOf(flags: SteeringFlags): StorySteering {
  const { memory = "", note = "", noteParagraphs, lore = [], avoid = "", ban = [], bias = [] } = flags;
  const { include = [] } = flags;
  const { steering, problems } = parseSteering(JSON.stringify({ lore }));
  const [problem] = problems;
  if (problem !== undefined) throw new UserError(`--lore: ${problem}.`, { exitCode: 2 });
  const given =
    [memory, note, avoid].some((text) => text !== "") ||
    [lore, ban, bias, include].some((list) => list.length > 0);
  if (!given) return NO_STEERING;
  return {
    memory,
    note,
    noteParagraphs: noteParagraphs ?? NO_STEERING.noteParagraphs,
    lore: steering.lore,
    avoid,
    ban: ban.map((text) => ({ text })),
    bias,
    include,
  };
}

/** Tells on stderr what is wrong with a story's front matter, and settings that have nothing to work on. */
export function tellSteering(
  context: CommandContext,
  problems: readonly string[],
  asked: {
    readonly settings: { readonly guidance_scale: number };
    readonly steering?: { readonly avoid: string; readonly entries: readonly { readonly origin: string }[] };
  },
): void {
  for (const problem of problems) notice(context, `Front matter: ${problem}.`);
  const { steering } = asked;
  const guides =
    steering && (steering.avoid !== "" || steering.entries.some(({ origin }) => origin === "note"));
  if (asked.settings.guidance_scale !== 1 && !guides) {
    notice(context, "guidance_scale has nothing to work on: give a note, or what to avoid.");
  }
  if (asked.settings.guidance_scale === 1 && steering && steering.avoid !== "") {
    notice(context, "what to avoid works with --guidance-scale over 1 only: 1.5, for example.");
  }
}
