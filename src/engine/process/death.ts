import { UserError } from "../../errors.ts";
import { MEMORY_HINT, tellsOutOfMemory } from "../out-of-memory.ts";

/** How an engine process ended. */
export interface Death {
  /** `exit code 1`, `signal SIGKILL`, or why it never began. */
  readonly how: string;
  /** The last lines it wrote to stderr, none if it wrote nothing. */
  readonly lastWords: string;
}

/** What a request fails with whose process died. */
export function crashed(death: Death): UserError {
  const untouched = "The story is not touched by it.";
  return new UserError(`The engine stopped unexpectedly (${death.how}).`, {
    hint: lackedMemory(death)
      ? `Memory may not have sufficed. ${MEMORY_HINT} ${untouched}`
      : `${untouched} Ask again: the engine is started anew.`,
    ...said(death),
  });
}

/** What the opening fails with if the process died before the model was open. */
export function notStarted(death: Death): UserError {
  const lastLine = death.lastWords.split("\n").at(-1);
  return new UserError(`The engine did not start (${death.how}).`, {
    hint: lackedMemory(death)
      ? `Memory may not have sufficed. ${MEMORY_HINT}`
      : lastLine || "Is the program installed whole?",
    ...said(death),
  });
}

/** What the requests fail with when the process was ended because it had not answered for `ms`. */
export function unresponsive(ms: number): UserError {
  return new UserError(`The engine did not answer for ${Math.round(ms / 1000)} s and was ended.`, {
    hint: "The story is not touched by it. Ask again: the engine is started anew.",
  });
}

/** Linux ends the largest process with SIGKILL when memory runs out; nobody else is likely to. */
function lackedMemory({ how, lastWords }: Death): boolean {
  return how === "signal SIGKILL" || tellsOutOfMemory(lastWords);
}

function said({ lastWords }: Death): { readonly cause?: Error } {
  return lastWords === "" ? {} : { cause: new Error(lastWords) };
}
