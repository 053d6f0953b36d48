import { errorMessage, UserError } from "../../errors.ts";
import type { Failure } from "./protocol.ts";

/** An error as it is sent. */
export function toFailure(error: unknown): Failure {
  return {
    message: errorMessage(error),
    user: error instanceof UserError ? { hint: error.hint ?? null, exitCode: error.exitCode } : null,
    stack: error instanceof Error ? (error.stack ?? null) : null,
  };
}

/** The error that was sent: the same UserError, or an Error whose cause has the other process's stack. */
export function fromFailure({ message, user, stack }: Failure): Error {
  if (user === null) return new Error(`in the engine: ${message}`, { cause: stack ?? undefined });
  return new UserError(message, {
    exitCode: user.exitCode,
    ...(user.hint === null ? {} : { hint: user.hint }),
  });
}
