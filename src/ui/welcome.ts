import { hint } from "./bindings.ts";
import type { CommandName } from "./keymap.ts";
import type { Model } from "./model.ts";

/** A line of the welcome: a key with what it does, or plain words. */
export type WelcomeLine = { readonly key: string; readonly does: string } | { readonly words: string };

/** What a writer is told at the very first start: the five keys that matter, and what the model is. */
export function welcomeLines({ keymap }: Pick<Model, "keymap">): readonly WelcomeLine[] {
  const key = (name: CommandName): string => hint(keymap, name);
  return [
    { words: "Welcome to Inkwright" },
    { words: "" },
    { key: key("continue"), does: "the model goes on from the cursor; once more takes what it offers" },
    { key: key("dismiss"), does: "stops it, and lets the offer go" },
    { key: key("rewrite"), does: "other words for the selection, or for the sentence" },
    { key: key("undo"), does: "takes anything back; nothing is ever lost, and all is saved by itself" },
    { key: key("palette"), does: "finds every command; the rest is there" },
    { words: "" },
    {
      words:
        "The model runs on this machine, and nothing leaves it, unless you name a server to write instead. It knows how " +
        "stories sound, not what is true: it invents names and facts, loses the thread, can repeat texts that it learned " +
        "from, and can write what hurts. What it wrote stays marked as its own; read it before you keep it.",
    },
    { words: "" },
    { words: "Any key begins." },
  ];
}
