import type { CommandContext } from "./context.ts";
import type { GenerationListener } from "./generation.ts";
import { writeOut } from "./output.ts";

/**
 * Prints continuations on stdout in order, the earliest unfinished one as it is written. Each ends with a newline;
 * where there are `count` > 1, an empty line stands between two, and lines that number them go to stderr.
 */
export function printer(context: CommandContext, count: number): GenerationListener {
  const waiting: string[] = Array.from({ length: count }, () => "");
  const finished: (string | undefined)[] = Array.from({ length: count }, () => undefined);
  let current = 0;
  let printed = "";
  const begin = async (index: number): Promise<void> => {
    if (index > 0) await writeOut(context, "\n");
    if (count > 1) context.stderr.write(`--- ${index + 1} ---\n`);
  };
  const write = async (text: string): Promise<void> => {
    printed += text;
    await writeOut(context, text);
  };
  /** Writes what is known by now, up to the first choice that is still being written. */
  const advance = async (): Promise<void> => {
    while (current < count) {
      const whole = finished[current];
      const known = whole ?? waiting[current] ?? "";
      if (printed === "" && known === "" && whole === undefined) return;
      if (printed === "") await begin(current);
      if (known.startsWith(printed)) await write(known.slice(printed.length));
      if (whole === undefined) return;
      if (!printed.endsWith("\n")) await writeOut(context, "\n");
      current += 1;
      printed = "";
    }
  };
  return async (event) => {
    if (event.type === "token") waiting[event.choice] = (waiting[event.choice] ?? "") + event.text;
    if (event.type === "choice") finished[event.choice.index] = event.choice.text;
    if (event.type === "token" || event.type === "choice") await advance();
  };
}
