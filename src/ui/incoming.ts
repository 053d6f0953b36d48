import { commandFor } from "./keymap.ts";
import type { Message } from "./message.ts";
import type { Model } from "./model.ts";
import type { InputEvent } from "./terminal/input-event.ts";
import { keyName } from "./terminal/keys.ts";
import { keyContexts } from "./update/update.ts";

/** Rows that one notch of the mouse wheel scrolls. */
const WHEEL_ROWS = 3;

/** What the editor makes of an event from the terminal, given what has the focus; null for events without meaning. */
export function messageFor(event: InputEvent, model: Model, at: number, newId: () => string): Message | null {
  switch (event.type) {
    case "text":
      return textMessage(event.text, model, at, newId);
    case "paste":
      return event.text === "" ? null : { type: "pasted", text: event.text, at };
    case "key": {
      if (event.event === "release") return null;
      const command = commandFor(keyName(event), keyContexts(model));
      if (command) return { type: "command", command, at, id: newId() };
      if (event.name === "space" && !event.ctrl && !event.alt && !event.super)
        return { type: "typed", text: " ", at };
      return null;
    }
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

/** Text is typed into the story or an open question; in the controls pane a character may be a command. */
function textMessage(text: string, model: Model, at: number, newId: () => string): Message | null {
  if (model.focus === "controls" && !model.dialog) {
    const command = commandFor(text, keyContexts(model));
    return command ? { type: "command", command, at, id: newId() } : null;
  }
  return { type: "typed", text, at };
}
