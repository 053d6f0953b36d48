/** Work that waits for other work, with work ahead of time that gives way to it. */
export interface Turns {
  /** Waits for everything begun before; the function returned lets the next begin. Makes work ahead give way. */
  take(): Promise<() => void>;
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

  async function take(): Promise<() => void> {
    begun++;
    const earlier = last;
    let release: () => void = () => {};
    last = new Promise((resolve) => {
      release = resolve;
    });
    await earlier;
    return release;
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
        release();
      }
    },
  };
}
