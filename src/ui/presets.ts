import type { CommandName } from "./keymap.ts";

/** Names of the sets of keys that come with the program. */
export const PRESET_NAMES = ["default", "emacs", "vim"] as const;

/** One of {@link PRESET_NAMES}. */
export type PresetName = (typeof PRESET_NAMES)[number];

/**
 * What each preset changes in the table of commands. The default changes nothing; vim's keys for moving and editing
 * are modal and stand in `vim.ts`, while its insert mode has the default's.
 */
export const PRESETS: Readonly<Record<PresetName, Partial<Record<CommandName, readonly string[]>>>> = {
  default: {},
  vim: {},
  emacs: {
    left: ["left", "ctrl+b"],
    right: ["right", "ctrl+f"],
    up: ["up", "ctrl+p"],
    down: ["down", "ctrl+n"],
    wordLeft: ["alt+b", "ctrl+left", "alt+left"],
    wordRight: ["alt+f", "ctrl+right", "alt+right"],
    rowStart: ["ctrl+a", "home"],
    rowEnd: ["ctrl+e", "end"],
    pageUp: ["alt+v", "pageup"],
    pageDown: ["ctrl+v", "pagedown"],
    paragraphUp: ["alt+{", "ctrl+up"],
    paragraphDown: ["alt+}", "ctrl+down"],
    mark: ["ctrl+space"],
    deleteForward: ["ctrl+d", "delete"],
    deleteWordBackward: ["alt+backspace", "ctrl+backspace"],
    deleteWordForward: ["alt+d", "alt+delete", "ctrl+delete"],
    cut: ["ctrl+w"],
    copy: ["alt+w"],
    paste: ["ctrl+y"],
    selectAll: ["ctrl+x h"],
    undo: ["ctrl+/", "ctrl+_", "ctrl+x u"],
    redo: ["alt+_", "shift+alt+_"],
    dismiss: ["escape", "ctrl+g"],
    panelClose: ["escape", "ctrl+g"],
    findClose: ["escape", "ctrl+g"],
    leaveControls: ["escape", "enter", "ctrl+g"],
    panelUp: ["up", "ctrl+p", "shift+tab"],
    panelDown: ["down", "ctrl+n", "tab"],
    find: ["ctrl+s", "ctrl+r", "alt+%"],
    findGo: ["enter", "down", "ctrl+s"],
    findGoBack: ["shift+enter", "up", "ctrl+r"],
    rewrite: ["alt+r"],
    rewriteAs: ["shift+alt+r"],
    outline: ["alt+g"],
    palette: ["alt+x"],
    xray: ["ctrl+x x"],
    takes: ["ctrl+x b"],
    history: ["f5"],
    save: ["ctrl+x ctrl+s"],
    saveAs: ["ctrl+x ctrl+w", "f2"],
    quit: ["ctrl+x ctrl+c", "ctrl+q"],
    editElsewhere: ["ctrl+x ctrl+e", "f4"],
    suspend: ["ctrl+z", "ctrl+x ctrl+z"],
    help: ["f1"],
  },
};
