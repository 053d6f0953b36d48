import { fuzzyFilter } from "../fuzzy.ts";
import type { Model } from "../model.ts";
import { proposeRewrite } from "../update/offer.ts";
import type { PanelKind } from "./panel-kind.ts";

/** The styles in which a passage can be said again; Enter rewrites the selection, or the sentence at the cursor. */
export const STYLES: PanelKind = {
  title: "Rewrite as",
  verb: "rewrite",
  nothing: "no style is called so",
  searchable: true,
  hints(model) {
    const style = model.panel && found(model, model.panel.query)[model.panel.chosen];
    return style ? `${style.name}: ${style.about} · Enter rewrite · Esc back` : "Esc back";
  },
  lines: (model, query) => found(model, query).map(({ name, about }) => ({ text: name, detail: about })),
  first: () => 0,
  take(model, line, { id, at, panel }) {
    const style = found(model, panel.query)[line];
    return style ? proposeRewrite(model, id, at, style) : [model, []];
  },
};

function found({ styles }: Model, query: string) {
  return fuzzyFilter(styles, query, ({ name, about }) => `${name} ${about}`);
}
