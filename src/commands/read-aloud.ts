import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import type { ReadStream, WriteStream } from "node:tty";
import { errorMessage } from "../errors.ts";
import { messageFor } from "../ui/incoming.ts";
import { createLayout } from "../ui/layout.ts";
import { createPerformer } from "../ui/perform.ts";
import { createReader } from "../ui/screen-reader/reader.ts";
import { createStudio } from "../ui/studio.ts";
import { createInputParser } from "../ui/terminal/input.ts";
import { copySequence } from "../ui/terminal/modes.ts";
import { installRestore } from "../ui/terminal/restore.ts";
import type { CommandContext } from "./context.ts";
import type { Desk } from "./desk.ts";
import { editElsewhere } from "./edit-elsewhere.ts";
import { suspend } from "./suspend.ts";
import { withinTime } from "./within-time.ts";

/** Bracketed paste: a paste is one event here too. The screen is left as it is. */
const ENTER = "\x1b[?2004h";
const LEAVE = "\x1b[?2004l\r\n";
const STDOUT = 1;

/** Whether the editor is to be heard: asked for by flag, setting, or Ink's own variable. */
export function wantsReader(
  { env, settings }: Pick<CommandContext, "env" | "settings">,
  flags: { readonly screenReader?: boolean },
): boolean {
  return flags.screenReader ?? (settings.values.screen_reader || env.INK_SCREEN_READER === "true");
}

/** The editor for a screen reader: the same store and keys, told in lines instead of painted. */
export async function readAloud(
  desk: Desk,
  context: CommandContext,
  stdin: ReadStream,
  stdout: WriteStream,
): Promise<void> {
  const layout = createLayout();
  const reader = createReader(layout, (text) => stdout.write(text));
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  let away = false;
  let open = false;
  const enter = (): void => {
    open = true;
    stdin.setRawMode(true);
    stdin.resume();
    writeSync(STDOUT, ENTER);
  };
  const restore = (): void => {
    if (!open) return;
    open = false;
    try {
      writeSync(STDOUT, LEAVE);
      stdin.setRawMode(false);
      stdin.pause();
    } catch {
      // The terminal has gone: there is nothing to restore.
    }
  };
  const tell = (): void => {
    if (open) reader.tell(studio.model());
  };
  async function handOver(text: string): Promise<string> {
    away = true;
    stdin.off("data", take);
    restore();
    try {
      return await editElsewhere(text, studio.model().file.path, {
        env: context.env,
        platform: process.platform,
      });
    } finally {
      away = false;
      enter();
      stdin.on("data", take);
    }
  }
  const copy = (text: string): void => {
    const sequence = copySequence(text);
    if (sequence !== null) stdout.write(sequence);
  };
  const studio = createStudio({
    initial: { ...desk.model, showControls: false },
    layout,
    guard: withinTime,
    paintPage: tell,
    autosaveMs: desk.autosaveMs,
    timers: {
      set: (run, ms) => setTimeout(run, ms),
      clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
    performer: (dispatch) =>
      createPerformer(
        {
          ...desk.services,
          copy,
          editElsewhere: handOver,
          redraw: tell,
          suspend: () => suspend(process),
          quit: leave,
        },
        dispatch,
      ),
  });
  const parser = createInputParser((event) => {
    const message = messageFor(event, studio.model(), Date.now(), randomUUID);
    if (message) studio.dispatch(message);
  });
  const take = (chunk: Buffer): void => parser.push(chunk);
  const resized = (): void => {
    studio.dispatch({ type: "resized", columns: stdout.columns, rows: stdout.rows });
  };
  const uninstall = installRestore(process, {
    restore,
    resume() {
      enter();
      tell();
    },
    isAway: () => away,
    async onSignal() {
      await desk.rescue(studio.model());
      for (const line of desk.parting) context.stderr.write(`inkwright: ${line}\n`);
    },
    report: (error) =>
      context.stderr.write(`inkwright: ${error instanceof Error ? error.stack : errorMessage(error)}\n`),
  });

  enter();
  tell();
  stdin.on("data", take);
  stdout.on("resize", resized);
  desk.watch((file) => studio.dispatch({ type: "fileChanged", ...file, at: Date.now() }));
  desk.onAsked(() => studio.dispatch({ type: "asked", at: Date.now() }));
  desk.follow((text) => studio.dispatch({ type: "engineDoing", text }));
  desk.listen((notice) => studio.dispatch({ type: "notice", ...notice }));
  desk.services.engine().then(
    (engine) => studio.dispatch({ type: "engineReady", card: engine.card }),
    (error: unknown) => studio.dispatch({ type: "engineFailed", text: errorMessage(error) }),
  );

  await left;
  stdin.off("data", take);
  stdout.off("resize", resized);
  parser.end();
  studio.close();
  reader.end();
  restore();
  uninstall();
}
