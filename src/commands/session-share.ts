import { foldSession } from "../sessions/fold.ts";
import { currentDocument } from "../story/history.ts";
import { type Share, shares } from "../story/share.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { table, writeJson, writeOut } from "./output.ts";
import { openSession } from "./session-file.ts";

/** `sessions share`: who wrote how many words of a story, by chapter. Rejects with a UserError for no session. */
export async function showShares(
  context: CommandContext,
  file: string,
  { json = false }: { readonly json?: boolean },
): Promise<ExitCode> {
  const { records } = await openSession(context, file);
  const { whole, chapters } = shares(currentDocument(foldSession(records).tree));
  if (json) {
    const { words, human, model } = whole;
    await writeJson(context, { chapters, words, human, model });
    return 0;
  }
  const percent = ({ words, model }: Share): string =>
    `${words === 0 ? 0 : Math.round((100 * model) / words)} %`;
  const listing = table(
    [...chapters, { ...whole, title: "all of it" }],
    [
      { title: "CHAPTER", value: ({ title }) => title ?? "(before the first heading)" },
      { title: "WORDS", value: ({ words }) => String(words), align: "right" },
      { title: "YOURS", value: ({ human }) => String(human), align: "right" },
      { title: "THE MODEL'S", value: ({ model }) => String(model), align: "right" },
      { title: "", value: percent, align: "right" },
    ],
  );
  await writeOut(context, listing);
  return 0;
}
