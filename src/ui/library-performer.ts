import type { Engine } from "../engine/types.ts";
import type { Effect } from "./effects.ts";
import type { LibraryEntry } from "./library.ts";
import type { Message } from "./message.ts";

/** The models of this machine, as far as the editor touches them. */
export interface LibraryServices {
  /** All that are here, and those that can be fetched. */
  list(): Promise<readonly LibraryEntry[]>;
  /** Ends the engine that runs and starts another model; where that fails, the next request starts the old one. */
  open(name: string): Promise<Engine>;
  /** Fetches a model; `tell` hears how far it is. Rejects with the signal's reason, or with what went wrong. */
  pull(name: string, tell: (text: string) => void, signal: AbortSignal): Promise<void>;
}

/** What is asked of {@link LibraryServices}. */
export type LibraryEffect = Extract<
  Effect,
  { readonly type: "readLibrary" | "openModel" | "pullModel" | "stopPulling" }
>;

/** Does what is asked of the library and tells what came of it; `words` says a failure in one line. */
export function createLibrarian(
  services: LibraryServices,
  dispatch: (message: Message) => void,
  words: (error: unknown) => string,
): (effect: LibraryEffect) => void {
  let pulling = new AbortController();

  async function read(): Promise<void> {
    try {
      dispatch({ type: "libraryRead", entries: await services.list() });
    } catch (error) {
      dispatch({ type: "notice", kind: "warning", text: words(error) });
    }
  }

  async function open(name: string): Promise<void> {
    try {
      const { card } = await services.open(name);
      dispatch({ type: "engineReady", card });
      await read();
    } catch (error) {
      dispatch({ type: "engineFailed", text: words(error) });
    }
  }

  async function pull(name: string): Promise<void> {
    pulling = new AbortController();
    const { signal } = pulling;
    try {
      await services.pull(name, (text) => dispatch({ type: "pullProgress", name, text }), signal);
      dispatch({ type: "pullEnded", name, problem: null });
    } catch (error) {
      if (!signal.aborted) dispatch({ type: "pullEnded", name, problem: words(error) });
    }
  }

  return (effect) => {
    switch (effect.type) {
      case "readLibrary":
        void read();
        return;
      case "openModel":
        void open(effect.name);
        return;
      case "pullModel":
        void pull(effect.name);
        return;
      case "stopPulling":
        pulling.abort();
        return;
    }
  };
}
