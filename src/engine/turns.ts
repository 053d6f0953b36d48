/** Work that waits for other work, with work ahead of time that gives way to it. */
export interface Turns {
  /**
   * Waits for everything begun before; the function returned lets the next begin. Makes work ahead give way. An abort
   * of `signal` ends the waiting with null: that turn is passed over.
   */
  take(signal?: AbortSignal): Promise<(() => void) | null>;
  /**
   * Waits like {@link Turns.take} and does `work`, which asks its argument between any two steps whether to give
   * way: as soon as anything else has begun, also while it waits. Resolves when it has ended.
   */
  ahead(work: (givesWay: () => boolean) => Promise<void>): Promise<void>;
}

/** A queue in which nothing waits. */
export function createTurns(): Turns {
  let last: Promise<void> = Promise.resolve();
  /** Counts what has begun; work ahead goes on while it is the newest. */
  let begun = 0;

  async function take(signal?: AbortSignal): Promise<(() => void) | null> {
    begun++;
    const earlier = last;
    let release: () => void = () => {};
    last = new Promise((resolve) => {
      release = resolve;
    });
    if (!signal) {
      await earlier;
      return release;
    }
    let abort = (): void => {};
    const aborted = new Promise<true>((resolve) => {
      abort = () => resolve(true);
    });
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    const passedOver = await Promise.race([aborted, earlier.then(() => false)]);
    signal.removeEventListener("abort", abort);
    if (!passedOver) return release;
    void earlier.then(release);
    return null;
  }

  return {
    take,
    async ahead(work) {
      const turn = take();
      const own = begun;
      const release = await turn;
      try {
        if (own === begun) await work(() => own !== begun);
      } finally {
        release?.();
      }
    },
  };
}
