import { render } from "ink";
import { App } from "./app.tsx";
import type { Layout } from "./layout.ts";
import type { Studio } from "./studio.ts";
import type { Compositor } from "./terminal/compositor.ts";
import type { Theme } from "./theme.ts";

/** Ink at work. */
export interface MountedApp {
  /** Draws the panes in another theme. */
  restyle(theme: Theme): void;
  unmount(): void;
}

/**
 * Lets Ink draw the panes into the compositor. Ink never sees the terminal: with `debug` it hands over whole
 * frames, unthrottled, and the compositor decides which cells change.
 */
export function mountApp(options: {
  readonly studio: Pick<Studio, "subscribe" | "snapshot">;
  readonly theme: Theme;
  readonly layout: Layout;
  readonly compositor: Compositor;
}): MountedApp {
  const { studio, layout, compositor } = options;
  const app = (theme: Theme) => <App studio={studio} theme={theme} layout={layout} composited />;
  const instance = render(app(options.theme), {
    stdout: compositor.inkOutput,
    stderr: compositor.inkOutput,
    stdin: compositor.inkInput,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return {
    restyle: (theme) => instance.rerender(app(theme)),
    unmount: () => instance.unmount(),
  };
}
