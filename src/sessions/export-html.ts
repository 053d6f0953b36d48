import { documentText } from "../story/document.ts";
import { bodyStart } from "../story/front-matter.ts";
import { currentDocument } from "../story/history.ts";
import { type Share, shares } from "../story/share.ts";
import type { FoldedSession } from "./fold.ts";
import { pieces, provenance } from "./provenance.ts";
import type { GenerationRecord } from "./records.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #222; --ground: #fdfcf8; --mark: #e3ecff; --quiet: #666 }
@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --ground: #16171c; --mark: #26314f; --quiet: #999 } }
body { max-width: 38em; margin: 3em auto; padding: 0 1em; font: 1.1em/1.6 Georgia, serif; color: var(--ink); background: var(--ground) }
main, pre { white-space: pre-wrap; overflow-wrap: break-word }
mark { background: var(--mark); color: inherit; font-style: italic }
sup a { text-decoration: none }
section { margin-top: 3em; color: var(--quiet); font-size: .85em }
table { border-collapse: collapse }
td, th { padding: .1em 1em .1em 0; text-align: left; vertical-align: top }
@media print { mark { background: none; text-decoration: underline } }
`;

const LIMITS =
  "The marked passages were written by a language model. It knows how texts sound, not what is true: names, facts and " +
  "quotations in them may be invented. It may repeat itself, repeat texts that it was trained on, and has the " +
  "prejudices of those.";

/**
 * The story as one page that needs nothing else: every passage of the model's is marked, by more than its colour, with
 * a number that leads to its model, settings and seed; then who wrote how much, the models with their cards (by
 * fingerprint), and what they cannot do.
 */
export function html(folded: FoldedSession, title: string, cards: ReadonlyMap<string, string>): string {
  const document = currentDocument(folded.tree);
  const records = new Map(folded.generations.map((generation) => [generation.id, generation]));
  const used = [...new Set(document.passages.map(({ generation }) => generation))];
  const body = withoutFront(pieces(documentText(document), document.passages), bodyStart(document.text))
    .map(({ text, generation }) => {
      if (generation === null) return escapeHtml(text);
      const number = used.indexOf(generation) + 1;
      const words = text.trimEnd();
      const note = `<sup><a href="#note-${number}" aria-label="note ${number}: written by the model">${number}</a></sup>`;
      return `<mark title="${escapeHtml(told(records.get(generation), generation))}">${escapeHtml(words)}</mark>${words === "" ? "" : note}${escapeHtml(text.slice(words.length))}`;
    })
    .join("");
  const notes = used
    .map(
      (id, i) =>
        `<li id="note-${i + 1}">${escapeHtml(told(records.get(id), id))}${settingsOf(records.get(id))}</li>`,
    )
    .join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>${body}</main>
<section><h2>Who wrote it</h2>
${sharesTable(shares(document))}
</section>
${
  used.length === 0
    ? ""
    : `<section><h2>The model’s passages</h2>\n<ol>\n${notes}\n</ol>\n</section>\n<section><h2>Models</h2>\n${modelsTable(
        used.flatMap((id) => records.get(id) ?? []),
        cards,
      )}\n</section>\n`
}<section><h2>What a model cannot do</h2>
<p>${LIMITS}</p>
</section>
</body>
</html>
`;
}

/** Pieces without the first `left` code units: front matter is no part of what is read. */
function withoutFront(runs: ReturnType<typeof pieces>, left: number): ReturnType<typeof pieces> {
  let skip = left;
  return runs.flatMap((run) => {
    const text = run.text.slice(skip);
    skip = Math.max(0, skip - run.text.length);
    return text === "" ? [] : [{ ...run, text }];
  });
}

function told(record: GenerationRecord | undefined, id: string): string {
  return record ? provenance(record) : `generation ${id}, of which this session holds no record`;
}

/** All settings, where a reader who wants to know finds them. */
function settingsOf(record: GenerationRecord | undefined): string {
  if (!record) return "";
  const list = Object.entries(record.settings)
    .filter(([key]) => key !== "seed")
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return `<details><summary>settings</summary>${escapeHtml(list.join(", "))}</details>`;
}

function sharesTable({ whole, chapters }: ReturnType<typeof shares>): string {
  const row = ({ title, words, human, model }: Share, name: string): string => {
    const percent = words === 0 ? 0 : Math.round((100 * model) / words);
    return `<tr><th scope="row">${escapeHtml(title ?? name)}</th><td>${words}</td><td>${human}</td><td>${model} (${percent} %)</td></tr>`;
  };
  const rows = [
    row(whole, "All of it"),
    ...chapters.map((chapter) => row(chapter, "Before the first heading")),
  ];
  return `<table><tr><th></th><th>words</th><th>the writer’s</th><th>the model’s</th></tr>\n${rows.join("\n")}</table>`;
}

function modelsTable(records: readonly GenerationRecord[], cards: ReadonlyMap<string, string>): string {
  const models = new Map(records.map((record) => [record.model.fingerprint, record]));
  const rows = [...models.values()].map(
    ({ model, runtime }) =>
      `<tr><th scope="row">${escapeHtml(model.name)}</th><td>${sizeWords(model)}</td><td>fingerprint ${escapeHtml(model.fingerprint)}</td><td>${escapeHtml(runtime)}</td></tr>`,
  );
  const quoted = [...models].flatMap(([fingerprint, { model }]) => {
    const card = cards.get(fingerprint);
    return card === undefined
      ? []
      : [
          `<details><summary>what the makers of ${escapeHtml(model.name)} say of it</summary><pre>${escapeHtml(card)}</pre></details>`,
        ];
  });
  return `<table>${rows.join("\n")}</table>${quoted.join("\n")}`;
}

/** A model on a server does not tell its size. */
function sizeWords({ parameters }: GenerationRecord["model"]): string {
  return parameters === 0 ? "on a server" : `${parameters.toLocaleString("en")} parameters`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/gu, (character) => entities[character] ?? character);
}
