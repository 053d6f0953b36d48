import { fuzzyFilter } from "../fuzzy.ts";
import { entryDetail, entryWords, isInUse, type LibraryEntry } from "../library.ts";
import type { Model } from "../model.ts";
import { takeModel } from "../update/open-model.ts";
import type { PanelKind } from "./panel-kind.ts";

/** The models that are here and those that can be fetched, with what they need; the one in use is marked. */
export const MODELS: PanelKind = {
  title: "Models",
  verb: "open it, or fetch it",
  nothing: "the models are being looked at …",
  searchable: true,
  hints(model) {
    const { panel, library } = model;
    const entry = panel && found(model, panel.query)[panel.chosen];
    if (!entry) return "Esc back";
    const open = entry.here ? "opens it" : library.pulling?.name === entry.name ? "stops" : "fetches it";
    return `${entryWords(entry)} · Enter ${open} · Esc back`;
  },
  lines: (model, query) =>
    found(model, query).map((entry) => ({
      text: entry.name,
      detail: model.library.pulling?.name === entry.name ? model.library.pulling.text : entryDetail(entry),
      current: isInUse(model.engine.card, entry.name),
    })),
  first: (model) =>
    Math.max(
      0,
      found(model, "").findIndex(({ name }) => isInUse(model.engine.card, name)),
    ),
  take(model, line, { panel, at }) {
    const entry = found(model, panel.query)[line];
    return entry ? takeModel(model, entry, at) : [model, []];
  },
};

function found({ library }: Model, query: string): readonly LibraryEntry[] {
  return fuzzyFilter(library.entries ?? [], query, ({ name }) => name);
}
