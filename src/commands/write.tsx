import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import { errorMessage } from "../errors.ts";
import { messageFor } from "../ui/incoming.ts";
import { createLayout } from "../ui/layout.ts";
import type { Model } from "../ui/model.ts";
import { mountApp } from "../ui/mount.tsx";
import { createPainter } from "../ui/painter.ts";
import { createPerformer } from "../ui/perform.ts";
import { createStudio } from "../ui/studio.ts";
import { colourDepth } from "../ui/terminal/colours.ts";
import { createCompositor } from "../ui/terminal/compositor.ts";
import { createInputParser } from "../ui/terminal/input.ts";
import { ASK_BACKGROUND, copySequence, createModes, makeNonBlocking } from "../ui/terminal/modes.ts";
import { installRestore } from "../ui/terminal/restore.ts";
import { hasWavyUnderline } from "../ui/terminal/underlines.ts";
import { createTheme, groundSgr, hasLightBackground, isLightBackground, pageSgr } from "../ui/theme.ts";
import type { CommandContext } from "./context.ts";
import { type Desk, openDesk } from "./desk.ts";
import { editElsewhere } from "./edit-elsewhere.ts";
import type { SharedFlags } from "./flags.ts";
import { readAloud, wantsReader } from "./read-aloud.ts";
import { storyPath } from "./story-path.ts";
import { suspend } from "./suspend.ts";
import { withinTime } from "./within-time.ts";

/** File descriptor of stdout: the terminal is restored with a write that does not wait. */
const STDOUT = 1;

/**
 * Opens the editor and resolves when the writer has left it. Without a terminal it prints one continuation instead.
 *
 * Rejects with a UserError for a story that cannot be opened; the terminal is untouched then.
 */
export async function write(
  file: string | undefined,
  flags: SharedFlags,
  context: CommandContext,
): Promise<void> {
  const path = await storyPath(context, file);
  const { stdin, stdout } = context;
  if (!(stdin instanceof ReadStream) || !(stdout instanceof WriteStream)) {
    context.stderr.write("inkwright: the editor wants a terminal; here is how the story could go on\n");
    const { continueStory } = await import("./continue.ts");
    await continueStory(context, path, flags);
    return;
  }
  const desk = await openDesk(path, flags, context, { columns: stdout.columns, rows: stdout.rows });
  try {
    await (wantsReader(context, flags) ? readAloud : edit)(desk, context, stdin, stdout);
  } finally {
    await desk.close();
    for (const line of desk.parting) context.stderr.write(`inkwright: ${line}\n`);
  }
}

/** The editor from its first frame to its last. */
async function edit(
  desk: Desk,
  context: CommandContext,
  stdin: ReadStream,
  stdout: WriteStream,
): Promise<void> {
  /** What `auto` stands for until the terminal has told its background. */
  let ground: "dark" | "light" = hasLightBackground(context.env) ? "light" : "dark";
  let shown = desk.model.theme;
  const depth = colourDepth(context.env, true);
  const wavy = hasWavyUnderline(context.env);
  const { palettes } = desk.model;
  const themeNow = () =>
    shown === "auto"
      ? createTheme(ground, depth, { wavy })
      : createTheme(shown, depth, { palettes, painted: true, wavy });
  let theme = themeNow();
  const layout = createLayout();
  const modes = createModes({ input: stdin, writeNow: (text) => writeSync(STDOUT, text) });
  const { columns, rows } = stdout;
  const compositor = createCompositor({
    output: stdout,
    columns,
    rows,
    sgr: pageSgr(theme),
    ground: groundSgr(theme),
  });
  const paint = createPainter(compositor, layout);
  const paintPage = (model: Model): void => {
    if (model.theme !== shown) {
      shown = model.theme;
      restyle();
    }
    paint(model);
  };
  const restyle = (): void => {
    theme = themeNow();
    modes.tint(theme.cursor);
    compositor.restyle(pageSgr(theme), groundSgr(theme));
    app.restyle(theme);
  };
  makeNonBlocking(stdout);

  let leave = (): void => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const redraw = (): void => {
    compositor.invalidate();
    paintPage(studio.model());
  };
  let away = false;
  /** Gives the terminal to the user's own editor for a while. */
  async function handOver(text: string): Promise<string> {
    away = true;
    compositor.off = true;
    stdin.off("data", take);
    modes.leave();
    try {
      const { env } = context;
      return await editElsewhere(text, studio.model().file.path, { env, platform: process.platform });
    } finally {
      away = false;
      resume();
      stdin.on("data", take);
    }
  }
  function resume(): void {
    modes.enter();
    compositor.off = false;
    resized();
    redraw();
  }
  const studio = createStudio({
    initial: desk.model,
    layout,
    guard: withinTime,
    paintPage,
    autosaveMs: desk.autosaveMs,
    timers: {
      set: (run, ms) => setTimeout(run, ms),
      clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
    performer: (dispatch) =>
      createPerformer(
        {
          ...desk.services,
          copy: (text) => copy(text, stdout),
          editElsewhere: handOver,
          redraw,
          suspend: () => suspend(process),
          quit: leave,
        },
        dispatch,
      ),
  });
  const parser = createInputParser((event) => {
    if (event.type === "reply") {
      const light = event.kind === "osc" ? isLightBackground(event.data) : null;
      if (light === null) return;
      ground = light ? "light" : "dark";
      if (shown === "auto") restyle();
      return;
    }
    const message = messageFor(event, studio.model(), Date.now(), randomUUID);
    if (message) studio.dispatch(message);
  });
  const take = (chunk: Buffer): void => parser.push(chunk);
  const resized = (): void => {
    compositor.resize(stdout.columns, stdout.rows);
    studio.dispatch({ type: "resized", columns: stdout.columns, rows: stdout.rows });
  };
  const uninstall = installRestore(process, {
    restore() {
      compositor.off = true;
      modes.leave();
    },
    resume,
    isAway: () => away,
    async onSignal() {
      await desk.rescue(studio.model());
      if (desk.parting.length === 0) return;
      compositor.off = true;
      modes.leave();
      for (const line of desk.parting) context.stderr.write(`inkwright: ${line}\n`);
    },
    report: (error) =>
      context.stderr.write(`inkwright: ${error instanceof Error ? error.stack : errorMessage(error)}\n`),
  });

  modes.tint(theme.cursor);
  modes.enter();
  const app = mountApp({ studio, theme, layout, compositor });
  paintPage(studio.model());
  stdout.write(ASK_BACKGROUND);
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
  compositor.off = true;
  app.unmount();
  modes.leave();
  uninstall();
}

/** Puts text on the system's clipboard, where the terminal allows it and the text is not too long for it. */
function copy(text: string, stdout: WriteStream): void {
  const sequence = copySequence(text);
  if (sequence !== null) stdout.write(sequence);
}
