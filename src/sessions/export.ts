import { documentText } from "../story/document.ts";
import { currentDocument } from "../story/history.ts";
import type { Passage } from "../story/passages.ts";
import { html } from "./export-html.ts";
import { type FoldedSession, foldSession } from "./fold.ts";
import { pieces, provenance } from "./provenance.ts";
import type { GenerationRecord, SessionRecord } from "./records.ts";

/** What a session can be exported to. */
export type ExportFormat = "md" | "json" | "html";

/**
 * A session as one document: the story with the model's passages marked, and where each came from.
 *
 * @param cards what the makers of models say of them, by fingerprint: a page quotes those of the models it tells of.
 */
export function exportSession(
  records: readonly SessionRecord[],
  format: ExportFormat,
  cards: ReadonlyMap<string, string> = new Map(),
): string {
  const folded = foldSession(records);
  const header = records.find((record) => record.type === "header");
  const title = header?.story ?? "Generations from a pipe";
  switch (format) {
    case "md":
      return markdown(folded, title);
    case "html":
      return html(folded, title, cards);
    case "json":
      return json(folded, title);
  }
}

function json(folded: FoldedSession, title: string): string {
  const document = currentDocument(folded.tree);
  const generations = folded.generations.map((generation) => ({
    ...generation,
    outcome: folded.outcomes.get(generation.id)?.outcome ?? null,
  }));
  const value = { story: title, text: documentText(document), passages: document.passages, generations };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function markdown(folded: FoldedSession, title: string): string {
  const { passages } = currentDocument(folded.tree);
  const text = documentText(currentDocument(folded.tree));
  const numbers = numbering(passages);
  const records = byId(folded);
  const marked = pieces(text, passages)
    .map(({ text: piece, generation }) => {
      // A note stands behind the last word: at the start of a line it would be read as a note's text.
      const words = piece.trimEnd();
      const note = generation && words !== "" ? `[^${numbers.get(generation)}]` : "";
      return `${words}${note}${piece.slice(words.length)}`;
    })
    .join("");
  const notes = [...numbers].map(([id, number]) => {
    const generation = records.get(id);
    return `[^${number}]: ${generation ? provenance(generation) : `generation ${id}, of which this session holds no record`}`;
  });
  const rows = folded.generations.map((generation) => {
    const { outcome = "open", choice = 0 } = folded.outcomes.get(generation.id) ?? {};
    const words = (generation.choices[choice]?.text ?? "").replaceAll(/\s+/gu, " ").trim().slice(0, 60);
    return `| ${generation.at} | ${generation.task} | ${generation.model.name} | ${generation.seed} | ${outcome} | ${words.replaceAll("|", "\\|")} |`;
  });
  const table =
    rows.length === 0
      ? "Nothing was generated."
      : ["| time | task | model | seed | outcome | first words |", "|---|---|---|---|---|---|", ...rows].join(
          "\n",
        );
  return `${[marked.trimEnd(), ...(notes.length > 0 ? [notes.join("\n")] : []), "---", `Generations in ${title}`, table].join("\n\n")}\n`;
}

function byId({ generations }: FoldedSession): ReadonlyMap<string, GenerationRecord> {
  return new Map(generations.map((generation) => [generation.id, generation]));
}

function numbering(passages: readonly Passage[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const { generation } of passages)
    if (!numbers.has(generation)) numbers.set(generation, numbers.size + 1);
  return numbers;
}
