import { type Context, createContext, Script } from "node:vm";
import type { Guard } from "../story/find.ts";

const script = new Script("run()");
let context: Context | null = null;

/**
 * Runs a function for so many milliseconds at most. Node can end a script from a thread of its own, and with it
 * whatever the script has called, even in the middle of a regular expression (0.1 ms a call).
 */
export const withinTime: Guard = (run, ms) => {
  context ??= createContext({});
  context.run = run;
  try {
    script.runInContext(context, { timeout: ms });
    return true;
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return false;
    throw error;
  } finally {
    context.run = null;
  }
};
