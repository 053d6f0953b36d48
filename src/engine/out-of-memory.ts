import { errorMessage, UserError } from "../errors.ts";

/**
 * How the runtime (`std::bad_alloc`, its arena's "Failed to allocate memory"), V8 ("Array buffer allocation failed",
 * "JavaScript heap out of memory") and the system (ENOMEM) say that there is no more memory.
 */
const OUT_OF_MEMORY =
  /bad[_ ]alloc|failed to allocate memory|cannot allocate memory|ENOMEM|allocation failed|out of memory/i;

/** What to do where memory does not suffice. */
export const MEMORY_HINT =
  "Close other programs, or choose a smaller model or a lower precision, e.g. --precision int4.";

/** Whether a message of the runtime or the system tells of memory that ran out. */
export function tellsOutOfMemory(message: string): boolean {
  return OUT_OF_MEMORY.test(message);
}

/** For a `catch`: throws a UserError in place of an error that tells of memory that ran out, and any other as it is. */
export function rethrow(error: unknown): never {
  if (error instanceof UserError || !tellsOutOfMemory(errorMessage(error))) throw error;
  throw new UserError("There is not enough memory for the model.", { hint: MEMORY_HINT, cause: error });
}
