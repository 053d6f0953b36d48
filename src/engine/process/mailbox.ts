/** Messages from one who sends when it likes to one who reads when it can. */
export interface Mailbox<T> {
  push(value: T): void;
  /** Makes the next and every later read throw `error`; what was not read yet is thrown away. */
  fail(error: unknown): void;
  /** The oldest value that was not read, as soon as there is one. One reader at a time. */
  next(): Promise<T>;
}

/** An empty mailbox. */
export function createMailbox<T>(): Mailbox<T> {
  let waiting: T[] = [];
  let failure: { readonly error: unknown } | null = null;
  let wake: () => void = () => {};
  return {
    push(value) {
      waiting.push(value);
      wake();
    },
    fail(error) {
      waiting = [];
      failure = { error };
      wake();
    },
    async next() {
      for (;;) {
        if (failure) throw failure.error;
        if (waiting.length > 0) return waiting.shift() as T;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
