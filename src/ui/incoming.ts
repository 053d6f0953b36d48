import type { CommandName } from "./keymap.ts";
import type { Message } from "./message.ts";
import type { Model } from "./model.ts";
import type { InputEvent, KeyEvent } from "./terminal/input-event.ts";
import { keyName } from "./terminal/keys.ts";
import { keyContexts } from "./update/update.ts";
import { vimStep } from "./vim.ts";

/** Rows that one notch of the mouse wheel scrolls. */
const WHEEL_ROWS = 3;

/** What the editor makes of an event from the terminal, given what has the focus; null for events without meaning. */
export function messageFor(event: InputEvent, model: Model, at: number, newId: () => string): Message | null {
  switch (event.type) {
    case "text":
      return textMessage(event.text, model, at, newId);
    case "paste":
      return event.text === "" ? null : { type: "pasted", text: event.text, at };
    case "key":
      if (event.event === "release") return null;
      return keyMessage(keyName(event), model, at, newId) ?? spaceMessage(event, at);
    case "mouse":
      if (event.wheel !== 0) return { type: "wheel", rows: event.wheel * WHEEL_ROWS };
      if (event.release || event.button !== 0) return null;
      return {
        type: "pointer",
        x: event.x,
        y: event.y,
        extend: event.motion || event.shift,
        drag: event.motion,
        at,
      };
    case "focus":
    case "reply":
      return null;
  }
}

/** Text is typed into the story or an open question; in the controls and in a modal keyboard it may be a command. */
function textMessage(text: string, model: Model, at: number, newId: () => string): Message | null {
  if (model.pendingKeys.length > 0) return keyMessage(text, model, at, newId);
  const modal = modalMessage([...text], model, at, newId);
  if (modal) return modal;
  const isCommand = model.panel?.takes ? model.panel.takes.mode.kind !== "name" : model.focus === "controls";
  if (isCommand && !model.dialog) return controlsMessage([...text], model, at, newId);
  return { type: "typed", text, at };
}

/** Characters in the controls, of which several may come at once; null where none is a command. */
function controlsMessage(
  keys: readonly string[],
  model: Model,
  at: number,
  newId: () => string,
): Message | null {
  const commands = keys.flatMap((key) => model.keymap.lookUp([key], keyContexts(model)).command ?? []);
  return commands.length > 0
    ? { type: "commands", commands, vim: model.vim, text: "", at, id: newId() }
    : null;
}

/** What a key means after those of an incomplete sequence; null if nothing. */
function keyMessage(key: string, model: Model, at: number, newId: () => string): Message | null {
  const modal = modalMessage([key], model, at, newId);
  if (modal) return modal;
  const { keymap, pendingKeys, selection } = model;
  const keys = [...pendingKeys, key];
  const { command, more } = keymap.lookUp(keys, keyContexts(model));
  // Ctrl+X cuts; where nothing is selected that would do nothing, and it begins a sequence.
  const begins = more && (command !== "cut" || selection.anchor === selection.head);
  if (begins && key !== "escape") return { type: "keys", keys };
  if (command) return { type: "command", command, at, id: newId() };
  return pendingKeys.length > 0 ? { type: "keys", keys: [] } : null;
}

/**
 * What a key, or characters that came at once, mean to the modal keyboard, which has only the story. Those behind a
 * command that begins typing are typed.
 */
function modalMessage(
  keys: readonly string[],
  model: Model,
  at: number,
  newId: () => string,
): Message | null {
  const { vim, dialog, panel, find, focus, offer, pendingKeys } = model;
  if (!vim || dialog || panel || find || focus !== "story" || pendingKeys.length > 0) return null;
  // Escape takes an offer off the page first.
  if (keys[0] === "escape" && offer && vim.pending === "") return null;
  let state = vim;
  const commands: CommandName[] = [];
  for (const [i, key] of keys.entries()) {
    const step = vimStep(state, key);
    if (step.commands === null) {
      if (commands.length === 0) return null;
      return { type: "commands", commands, vim: state, text: keys.slice(i).join(""), at, id: newId() };
    }
    state = step.state;
    commands.push(...step.commands);
  }
  return { type: "commands", commands, vim: state, text: "", at, id: newId() };
}

function spaceMessage({ name, ctrl, alt, super: meta }: KeyEvent, at: number): Message | null {
  return name === "space" && !ctrl && !alt && !meta ? { type: "typed", text: " ", at } : null;
}
