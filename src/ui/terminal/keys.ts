import { type KeyEvent, keyEvent } from "./input-event.ts";

/** A key and its modifiers, without the moment it was pressed. */
export type Key = Pick<KeyEvent, "name" | "ctrl" | "alt" | "shift" | "super">;

const ORDER = ["shift", "ctrl", "alt", "super"] as const;
/** The order in which people write modifiers. */
const SPOKEN = ["ctrl", "alt", "shift", "super"] as const;

const LABELS: Readonly<Record<string, string>> = {
  pageup: "PageUp",
  pagedown: "PageDown",
  escape: "Esc",
};

const NAMES = new Set([
  ..."up down left right home end pageup pagedown insert delete backspace enter tab escape space".split(" "),
  ...Array.from({ length: 12 }, (_, index) => `f${index + 1}`),
]);

/** The canonical name of a key: modifiers in the order shift, ctrl, alt, super, then the key: `shift+ctrl+right`. */
export function keyName(key: Key): string {
  return [...ORDER.filter((modifier) => key[modifier]), key.name].join("+");
}

/**
 * Reads a key's name, with its modifiers in any order.
 *
 * @throws RangeError if it names no key
 */
export function parseKey(name: string): Key {
  // A plus sign at the end is the key itself: `ctrl++`.
  const parts =
    name === "+" || name.endsWith("++") ? [...name.split("+").slice(0, -2), "+"] : name.split("+");
  const key = parts.at(-1) ?? "";
  const modifiers = parts.slice(0, -1);
  const isKnown = NAMES.has(key) || ([...key].length === 1 && key === key.toLowerCase());
  const strange = modifiers.find((modifier) => !ORDER.some((known) => known === modifier));
  if (!isKnown || strange !== undefined || new Set(modifiers).size < modifiers.length) {
    throw new RangeError(`"${name}" is not the name of a key`);
  }
  const {
    type: _type,
    event: _event,
    ...parsed
  } = keyEvent(key, Object.fromEntries(modifiers.map((modifier) => [modifier, true])));
  return parsed;
}

/** A key's name as help texts print it: `shift+ctrl+right` becomes `Ctrl+Shift+Right`. */
export function describeKey(name: string): string {
  const key = parseKey(name);
  const label = LABELS[key.name] ?? key.name.charAt(0).toUpperCase() + key.name.slice(1);
  return [...SPOKEN.filter((modifier) => key[modifier]).map(capitalise), label].join("+");
}

/** A key or a sequence of keys as help texts print it: `Ctrl+X Ctrl+E`. */
export function describeKeys(keys: string): string {
  return keys.split(" ").map(describeKey).join(" ");
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
