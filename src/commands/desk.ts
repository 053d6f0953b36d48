import { openTrainingIndex, type TrainingIndex } from "../models/training-index.ts";
import { countStoryWords } from "../story/counts.ts";
import { countDay } from "../story/day.ts";
import { currentDocument, currentRevision } from "../story/history.ts";
import { createKeymap, hint } from "../ui/bindings.ts";
import { UNREAD_LIBRARY } from "../ui/library.ts";
import { isDirty, type Model, type Notice } from "../ui/model.ts";
import type { Services } from "../ui/perform.ts";
import { unreadSpelling } from "../ui/spelling.ts";
import { VIM_START } from "../ui/vim.ts";
import type { CommandContext } from "./context.ts";
import { openDayWords } from "./day-words.ts";
import { engineStarter } from "./engine-starter.ts";
import { type SharedFlags, samplingSettings } from "./flags.ts";
import { openLibrary } from "./library.ts";
import { rememberSettings } from "./remembered-settings.ts";
import { openSpelling } from "./spelling.ts";
import { openHome } from "./story-home.ts";
import { takeOrigin } from "./take-origin.ts";
import { readTemplates } from "./templates.ts";
import { readThemes } from "./theme-files.ts";

/** The editor's first model and its hold on the world: story, engine, settings. */
export interface Desk {
  readonly model: Model;
  readonly services: Omit<Services, "copy" | "editElsewhere" | "redraw" | "suspend" | "quit">;
  readonly autosaveMs: number | null;
  /** What the writer should know when the editor is closed. */
  readonly parting: readonly string[];
  /** Tells the writer what there is to know, now and later. */
  listen(tell: (notice: Notice) => void): void;
  /** Tells when another editor asks for the story. */
  onAsked(asked: () => void): void;
  /** Tells what the engine does until it is ready. */
  follow(tell: (doing: string) => void): void;
  /** Tells when another program changed the story's file. */
  watch(changed: (file: { readonly text: string; readonly sha256: string }) => void): void;
  /** Brings everything into safety before the program ends without being asked. */
  rescue(model: Model): Promise<void>;
  /** Ends the engine, completes the session, gives the story free. */
  close(): Promise<void>;
}

/** Whether a variable is set to something else than a no. */
function isOn(variable = ""): boolean {
  return !["", "0", "false", "no"].includes(variable.toLowerCase());
}

/** Without a session the story's file is all there is: it is saved within a second. */
const UNRECORDED_AUTOSAVE_MS = 800;

/** Opens the story at `path` for editing. Throws a UserError where it cannot be read. */
export async function openDesk(
  path: string,
  flags: SharedFlags,
  context: CommandContext,
  size: { readonly columns: number; readonly rows: number },
): Promise<Desk> {
  const { values } = context.settings;
  const app = `inkwright ${context.installation.version}`;
  const early: Notice[] = [];
  const parting: string[] = [];
  let tell = (notice: Notice): void => void early.push(notice);
  const warn = (text: string): void => tell({ kind: "warning", text });
  const remembered = rememberSettings(context);
  const home = await openHome(path, context, {
    record: flags.record,
    app,
    onProblem: warn,
    onMove: (moved) => remembered.set("last_story", moved),
  });
  const { opened, otherPid } = home;
  if (otherPid !== null)
    warn(`open in another Inkwright (process ${otherPid}): read only; F10 takes it over, F2 saves a copy`);
  const isFirst = !values.welcomed && values.last_story === null;
  remembered.set("last_story", path);
  if (isFirst) remembered.set("welcomed", true);
  let follow = (_doing: string): void => {};
  const doing = (status: string): void => {
    // That it loads is what the status line says anyway.
    if (!status.startsWith("loading ")) follow(status);
  };
  const engine = engineStarter(flags, context, doing, warn);
  const { text } = currentDocument(opened.tree);
  const dayWords = await openDayWords(context, path, countStoryWords(text));
  const { keymap, problems, taken } = createKeymap(values.keymap, values.keys);
  const look = opened.unsaved ? `; ${hint(keymap, "changes")} shows it and can take it back` : "";
  for (const notice of opened.notices) warn(notice.startsWith("restored") ? notice + look : notice);
  const [problem, ...others] = [...problems, ...taken];
  if (problem !== undefined)
    warn(others.length > 0 ? `${problem} (and ${others.length} more: inkwright keys)` : problem);
  const themes = await readThemes(context.settings.path, values.theme);
  for (const problem of themes.problems) warn(problem);
  const styles = await readTemplates(context);
  for (const problem of styles.problems) warn(problem);
  const speller = await openSpelling(context, path);
  let index: Promise<TrainingIndex | null> | null = null;
  const autosave = values.autosave_seconds * 1000;
  return {
    parting,
    autosaveMs: flags.record ? (autosave > 0 ? autosave : null) : UNRECORDED_AUTOSAVE_MS,
    model: {
      tree: opened.tree,
      jumped: null,
      changed: opened.unsaved && { before: opened.unsaved, what: "the file as it was saved" },
      selection: currentRevision(opened.tree).selection,
      goalColumn: null,
      grown: null,
      press: null,
      top: { line: 1, row: 0 },
      ...size,
      focus: "story",
      showControls: true,
      control: 0,
      settings: samplingSettings(flags, values),
      choices: flags.count ?? values.choices,
      offer: null,
      ending: [],
      prepared: null,
      dialog: isFirst ? { kind: "welcome" } : null,
      styles: styles.templates,
      panel: null,
      xray: null,
      foresight: null,
      theme: themes.name,
      palettes: themes.palettes,
      focusMode: values.focus,
      typewriter: values.typewriter,
      smartQuotes: values.smart_quotes,
      spelling: unreadSpelling(values.spelling, speller.dictionaries),
      reducedMotion: values.reduced_motion || isOn(context.env.REDUCE_MOTION),
      goals: { daily: values.daily_goal, story: values.story_goal },
      today: dayWords.today,
      keymap,
      pendingKeys: [],
      vim: keymap.preset === "vim" ? VIM_START : null,
      marking: false,
      find: null,
      lastQuery: null,
      recentCommands: [],
      file: { path, sha256: opened.sha256, savedText: opened.savedText, readOnly: otherPid !== null },
      engine: { status: "loading", card: null, tokensPerSecond: null },
      library: UNREAD_LIBRARY,
      notice: null,
      clipboard: "",
      killed: null,
      saving: false,
      quitting: false,
      app,
      node: process.versions.node,
    },
    services: {
      engine: engine.open,
      async takeOrigin(take) {
        const { card } = await engine.open();
        index ??= openTrainingIndex(card.folder);
        return takeOrigin(take, await index);
      },
      models: openLibrary(context, async (name) => {
        const changed = await engine.change(name);
        index = null;
        remembered.set("model", name);
        return changed;
      }),
      record: home.record,
      takes: home.takes,
      takeOver: home.takeOver,
      async letGo({ text, expectedSha256, dirty }) {
        await home.rescue(text, expectedSha256, dirty);
        await home.letGo();
      },
      save: home.save,
      read: home.read,
      async keepElsewhere(text) {
        const kept = await home.keepElsewhere(text);
        parting.push(notSaved(path, kept));
      },
      keepDay: dayWords.keep,
      spelling: speller.services,
      remember: remembered.set,
      now: () => context.now().getTime(),
    },
    follow(listener) {
      follow = listener;
    },
    listen(listener) {
      tell = listener;
      for (const notice of early.splice(0)) listener(notice);
    },
    onAsked: home.onAsked,
    watch: home.watch,
    async rescue(model) {
      remembered.write();
      const { text } = currentDocument(model.tree);
      dayWords.keep(model.today.day, model.file.path, countDay(model.today, countStoryWords(text)).here);
      const { sha256, readOnly } = model.file;
      const kept = await home.rescue(text, sha256, isDirty(model) && !readOnly);
      if (kept !== null) parting.push(notSaved(path, kept));
      await dayWords.write();
    },
    async close() {
      remembered.write();
      await Promise.all([home.close(), engine.close(), dayWords.write(), speller.close()]);
    },
  };
}

function notSaved(path: string, kept: string): string {
  return `The story could not be saved to ${path}. A copy is in ${kept}.`;
}
