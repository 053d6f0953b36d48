import { capitalsCount } from "../../story/find.ts";
import { hint } from "../bindings.ts";
import { findCount, replacedOnes } from "../find-view.ts";
import type { Model } from "../model.ts";

/** What changed in the search: which place of how many, how it is looked for, what the place would become. */
export function findNews(before: Model, after: Model): readonly string[] {
  const [old, now] = [before.find, after.find];
  if (!now) return old ? ["Search closed."] : [];
  const key = (name: Parameters<typeof hint>[1]): string => hint(after.keymap, name);
  if (!old) {
    const keys = `${key("findGo")} goes on, ${key("findField")} to the replacement, ${key("findClose")} closes.`;
    return [`Find. ${keys}`, ...told(findCount(now, after.selection))];
  }
  const [was, is] = [old.query, now.query];
  const switched = [
    ...changed("Capitals count", capitalsCount(was), capitalsCount(is)),
    ...changed("Whole words", was.wholeWords, is.wholeWords),
    ...changed("Regular expression", was.regex, is.regex),
  ];
  const count = findCount(now, after.selection);
  const counted = count === findCount(old, before.selection) ? [] : told(count);
  return [...switched, ...counted, ...(now.field === old.field ? [] : fieldNews(after))];
}

function fieldNews(model: Model): readonly string[] {
  const { find, keymap } = model;
  if (find?.field !== "replacement") return ["What is looked for."];
  const [one] = replacedOnes(find, model.selection, 1);
  const would = one && find.replacement !== "" ? [`${one.match} would become ${one.becomes}.`] : [];
  return [
    `Replacement. ${hint(keymap, "replaceOne")} replaces this place, ${hint(keymap, "replaceAll")} all.`,
    ...would,
  ];
}

function changed(what: string, was: boolean, is: boolean): readonly string[] {
  return was === is ? [] : [`${what}: ${is ? "on" : "off"}.`];
}

function told(count: string): readonly string[] {
  return count === "" ? [] : [`${count}.`];
}
