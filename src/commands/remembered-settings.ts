import { isSettingKey } from "../settings.ts";
import type { CommandContext } from "./context.ts";

/** Milliseconds after which changed settings are written: a slider on the move writes once. */
const REMEMBER_MS = 400;

/** Settings that change while the editor is open. */
export interface RememberedSettings {
  /** Keeps a value for the next time; names that are no setting are passed over. */
  set(key: string, value: unknown): void;
  /** Writes what is still waiting. */
  write(): void;
}

/** Writes changed settings a moment after the change. */
export function rememberSettings({ settings }: CommandContext): RememberedSettings {
  const waiting = new Map<string, unknown>();
  let timer: NodeJS.Timeout | null = null;
  function write(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    for (const [key, value] of waiting) {
      try {
        if (isSettingKey(key)) settings.set(key, value as never);
      } catch {
        // A setting that cannot be kept for the next time is no reason to disturb the writer.
      }
    }
    waiting.clear();
  }
  return {
    set(key: string, value: unknown): void {
      waiting.set(key, value);
      timer ??= setTimeout(write, REMEMBER_MS);
      timer.unref();
    },
    write,
  };
}
