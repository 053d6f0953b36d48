import { currentDocument } from "../../story/history.ts";
import { CONTROLS, controlLabel, controlValue } from "../controls.ts";
import { findField } from "../find.ts";
import type { Layout } from "../layout.ts";
import type { Model } from "../model.ts";
import { PANELS } from "../panels/panels.ts";
import { measure, visible } from "../terminal/widths.ts";

/** The line on which the cursor stands, as it is shown: text without control characters, and the cursor's cell. */
export interface CurrentLine {
  readonly text: string;
  readonly column: number;
}

/** What has the keys: the answer to a question, the search of a list, a control, else the story's row at the cursor. */
export function currentLine(model: Model, layout: Layout): CurrentLine {
  const { dialog, panel, find, columns } = model;
  if (dialog?.kind === "saveAs") return typed("Save as: ", dialog.input);
  if (dialog?.kind === "help") return typed(dialog.query === "" ? "Help" : "Find: ", dialog.query);
  if (dialog && dialog.kind !== "welcome") return typed("Answer: ", "");
  if (panel) {
    const typing = PANELS[panel.kind].typing?.(panel) ?? null;
    if (typing !== null) return typed(typing, "");
    return PANELS[panel.kind].searchable
      ? typed("Search: ", panel.query)
      : typed(PANELS[panel.kind].title, "");
  }
  if (find) {
    const label = find.field === "query" ? "Find: " : "Replace: ";
    const { text, at } = findField(find);
    return { ...typed(label, text), column: measure(label + visible(text.slice(0, at))) };
  }
  const control = model.focus === "controls" ? CONTROLS[model.control] : undefined;
  if (control) return typed(`${controlLabel(control)}: `, controlValue(control, model));
  const { text } = currentDocument(model.tree);
  const width = Math.max(8, columns - 1);
  const pos = Math.min(text.length, model.selection.head);
  const line = text.lineAt(pos);
  const starts = layout.rowsOf(line.text, width);
  const { row } = layout.locate(text, pos, width);
  const from = starts[row] ?? 0;
  const shown = visible(line.text.slice(from, starts[row + 1] ?? line.text.length))
    .replaceAll("\t", " ")
    .trimEnd();
  const before = visible(line.text.slice(from, pos - line.from)).replaceAll("\t", " ");
  return { text: shown, column: Math.min(width, measure(before)) };
}

function typed(label: string, text: string): CurrentLine {
  const shown = label + visible(text);
  return { text: shown, column: measure(shown) };
}
