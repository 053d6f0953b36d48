import { foldSession } from "../sessions/fold.ts";
import { type TakenGeneration, type TakePlace, takesOf } from "../sessions/takes.ts";
import { currentDocument, type UndoTree } from "../story/history.ts";
import { type TakeBlock, takeBlocks } from "../ui/takes-list.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { excerpt, notice, writeJson, writeOut } from "./output.ts";
import { openSession } from "./session-file.ts";

/** Characters of a take, and of the story before its place, that are printed. */
const SHOWN = 70;
const BEFORE = 30;
/** Deepest indent. */
const DEEPEST = 20;

/**
 * `sessions takes`: everything that was generated for a story, by the places where it was asked for. Rejects with a
 * UserError for no session.
 */
export async function showTakes(
  context: CommandContext,
  file: string,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const { path, story, records } = await openSession(context, file);
  const { tree } = foldSession(records);
  const blocks = takeBlocks(takesOf(records, tree));
  if (options.json) await writeJson(context, { session: path, story, takes: blocks.flatMap(listed) });
  else if (blocks.length === 0) notice(context, "Nothing was generated in this session.");
  for (const block of options.json ? [] : blocks) await writeOut(context, drawn(block, tree));
  return 0;
}

/** The takes of a block as `--json` prints them: a flat list, since a story may grow by thousands of them in a row. */
function listed({ generations, parent }: TakeBlock) {
  const below = parent && { generation: parent.generation, choice: parent.choice };
  return generations.flatMap(({ id, task, at, model, seed, place, selected, takes }) =>
    takes.map(({ choice, text, begun, finish, outcome, standing, name, marked }) => ({
      generation: id,
      choice,
      parent: below,
      place,
      task,
      at,
      model,
      seed,
      selected,
      text,
      begun,
      finish_reason: finish,
      outcome,
      standing,
      name,
      marked,
    })),
  );
}

/** A place, and its takes below it: `◆` stands in the story, `★` is marked. */
function drawn({ place, generations, depth }: TakeBlock, tree: UndoTree): string {
  const indent = "│ ".repeat(Math.min(depth, DEEPEST));
  const lines = generations.flatMap((generation) => takeLines(generation, indent));
  return `${indent}${placeWords(place, tree)}\n${lines.join("")}`;
}

function takeLines({ takes, task }: TakenGeneration, indent: string): readonly string[] {
  return takes.map(({ text, standing, marked, name }) => {
    const called = name === null ? "" : `${name}: `;
    const label = task === "rewrite" ? "instead: " : "";
    const signs = `${standing ? "◆" : "○"}${marked ? "★" : ""}`;
    return `${indent}  ${signs} ${called}${label}${excerpt(text, SHOWN)}\n`;
  });
}

/** `paragraph 3, after “…sat on the wall.”`, or that it is gone. */
function placeWords({ from, gone }: TakePlace, tree: UndoTree): string {
  if (gone) return "a place that is gone";
  const { text } = currentDocument(tree);
  const line = text.lineAt(from);
  const before = text.sliceString(Math.max(line.from, from - BEFORE), from).trim();
  const cut = line.from < from - BEFORE ? "…" : "";
  const words = before === "" ? "at its start" : `after “${cut}${excerpt(before, BEFORE + 1)}”`;
  return `paragraph ${line.number}, ${words}`;
}
