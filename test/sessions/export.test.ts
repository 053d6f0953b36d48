import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/engine/settings.ts";
import { type ExportFormat, exportSession } from "../../src/sessions/export.ts";
import type { SessionRecord } from "../../src/sessions/records.ts";

const AT = "2026-01-02T03:04:05.000Z";
const header: SessionRecord = { type: "header", version: 1, app: "inkwright 1", story: "tale.md", at: AT };

function generation(id: string, text: string): SessionRecord {
  return {
    type: "generation",
    at: AT,
    id,
    task: "continue",
    place: { from: 0, to: 0 },
    model: { name: "fable", fingerprint: "00ff", parameters: 7 },
    runtime: "test",
    settings: { ...DEFAULT_SETTINGS, temperature: 1.1 },
    seed: 42,
    count: 1,
    prompt: { tokens: [1], text: "p" },
    choices: [{ text, tokens: [2], logprobs: [-1], finish_reason: "length" }],
    timing: { prefillMs: 1, prefillTokens: 1, decodeMs: 1, decodeTokens: 1 },
  };
}

/** A session that wrote `a{b}c` in one go each: what stands in braces is the model's. */
function session(page: string): SessionRecord[] {
  const records: SessionRecord[] = [header];
  let length = 0;
  for (const [index, piece] of page.split(/[{}]/u).entries()) {
    const model = index % 2 === 1;
    const id = `g${(index + 1) / 2}`;
    if (model)
      records.push(generation(id, piece), { type: "outcome", at: AT, generation: id, outcome: "accepted" });
    records.push({
      type: "edit",
      at: AT,
      changes: length === 0 ? [[0, ...piece.split("\n")]] : [length, [0, ...piece.split("\n")]],
      origin: model ? { by: "model", generation: id } : { by: "writer" },
    });
    length += piece.length;
  }
  return records;
}

const exported = (page: string, format: ExportFormat): string => exportSession(session(page), format);

describe("an exported session", () => {
  it("is the story in Markdown, with a note behind each of the model's passages and a table of all", () => {
    const text = exported("It was dark.{ And cold.\n\n}He left.{ So did\nshe.}", "md");
    const [story, notes, , , table] = text.split(/\n\n(?=\[\^1\]:|---|Generations|\|)/u);
    expect(story).toBe("It was dark. And cold.[^1]\n\nHe left. So did\nshe.[^2]");
    expect(notes).toMatch(/^\[\^1\]: continue by fable \(00ff\), temperature 1\.1, top_p 0\.95, seed 42, /u);
    expect(table?.split("\n").slice(2)).toEqual([
      `| ${AT} | continue | fable | 42 | accepted | And cold. |`,
      `| ${AT} | continue | fable | 42 | accepted | So did she. |`,
      "",
    ]);
  });

  it("keeps a passage that is nothing but white space without a note, and bars out of the table", () => {
    expect(exported("a{\n\n}b{|x|}", "md")).toContain("a\n\nb|x|[^2]\n");
    expect(exported("a{|x|}", "md")).toContain("| \\|x\\| |");
  });

  it("is a page of its own in HTML, in which nothing of the story is markup", () => {
    const html = exported(`<script>alert("1")</script> & {<img src=x onerror='y'>} & {it}`, "html");
    const main = /<main>(.*)<\/main>/su.exec(html)?.[1] ?? "";
    expect(main.replaceAll(/<sup>.*?<\/sup>|<\/?mark[^>]*>/gu, "")).not.toMatch(/[<>"']/u);
    expect(main.match(/<mark title="continue by fable \(00ff\), [^"]*seed 42[^"]*">/gu)).toHaveLength(2);
    expect(main).toContain(">&lt;img src=x onerror=&#39;y&#39;&gt;</mark><sup>");
    expect(main).toContain("</sup> &amp; <mark");
    expect(html).not.toMatch(/https?:|<script|<link/u);
    expect(html).toContain("<title>tale.md</title>");
  });

  it("tells in HTML who wrote how much, with what, and what a model cannot do", () => {
    const html = exported(
      "---\nnote: secret\n---\n\n# One\n\nMine here.{ Its own two words.}\n\n# Two\n\nMine.",
      "html",
    );
    expect(html).not.toContain("secret");
    expect(html).toContain('<th scope="row">All of it</th><td>9</td><td>5</td><td>4 (44 %)</td>');
    expect(html).toContain('<th scope="row">One</th><td>7</td><td>3</td><td>4 (57 %)</td>');
    expect(html).toContain('<th scope="row">Two</th><td>2</td><td>2</td><td>0 (0 %)</td>');
    expect(html).toMatch(/<li id="note-1">continue by fable \(00ff\)[^<]*<details>/u);
    expect(html).toContain("fingerprint 00ff");
    expect(html).toContain("It knows how texts sound, not what is true");
    expect(exported("All mine.", "html")).not.toContain("<ol>");
  });

  it("quotes the cards of the models it tells of, and of no others", () => {
    const cards = new Map([
      ["00ff", "# fable\n\nLicence: <MIT>"],
      ["0abc", "another"],
    ]);
    const html = exportSession(session("Mine.{ Its own.}"), "html", cards);
    expect(html).toContain("<pre># fable\n\nLicence: &lt;MIT&gt;</pre>");
    expect(html).not.toContain("another");
    expect(exportSession(session("Mine."), "html", cards)).not.toContain("fable");
  });

  it("is read back from HTML as it is, whatever it holds", () => {
    const part = fc.stringMatching(/^[a-z<>&"' \n]{0,12}$/u);
    fc.assert(
      fc.property(part, part, part, (before, model, after) => {
        fc.pre(model.trim() !== "" && !before.startsWith("---"));
        const html = exportSession(session(`${before}{${model}}${after}`), "html");
        const main = /<main>(.*)<\/main>/su.exec(html)?.[1] ?? "";
        const text = main.replaceAll(/<sup>.*?<\/sup>|<[^>]*>/gsu, "");
        const read = text
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&quot;", '"')
          .replaceAll("&#39;", "'")
          .replaceAll("&amp;", "&");
        expect(read).toBe(before + model + after);
      }),
    );
  });

  it("is text, passages and generations in JSON", () => {
    const value: unknown = JSON.parse(exported("one{ two} three", "json"));
    expect(value).toMatchObject({
      story: "tale.md",
      text: "one two three",
      passages: [{ from: 3, to: 7, generation: "g1" }],
      generations: [{ id: "g1", seed: 42, outcome: "accepted" }],
    });
  });

  it("of a pipe has generations and no story", () => {
    const records = [{ ...header, story: null } as SessionRecord, generation("g1", " words")];
    expect(JSON.parse(exportSession(records, "json"))).toMatchObject({
      text: "",
      generations: [{ id: "g1" }],
    });
    expect(exportSession(records, "md")).toContain("| open | words |");
  });

  it("names a passage's generation where the session has no record of it", () => {
    const lost = session("a{b}").filter(({ type }) => type !== "generation");
    expect(exportSession(lost, "md")).toContain("[^1]: generation g1, of which this session holds no record");
    expect(exportSession(lost, "html")).toContain(
      '<mark title="generation g1, of which this session holds no record">b</mark>',
    );
  });
});
