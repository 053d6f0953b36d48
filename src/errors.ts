/** What a {@link UserError} may carry besides its message. */
export interface UserErrorOptions {
  /** What the user can do about it, as one sentence; printed on its own line. */
  readonly hint?: string;
  /** The foreign error behind it, if there is one. */
  readonly cause?: unknown;
  /** The exit code of a command that ends with it: 1, or 2 for a mistake in how it was called. */
  readonly exitCode?: 1 | 2;
}

/**
 * A failure that the user can understand and mend: a missing file, a damaged checkpoint, a full disk.
 *
 * Commands print its message and hint without a stack and exit with {@link UserError.exitCode}; anything else that
 * is thrown is our own mistake and keeps its stack.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly hint: string | undefined;
  readonly exitCode: 1 | 2;

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The `code` of a Node system error (`ENOENT`, `ENOSPC`, …), or undefined for any other value. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** A thrown value's message, whatever was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
