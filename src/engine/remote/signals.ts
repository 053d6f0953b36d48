/** A signal that is aborted with the first of `signals`, or when it is let go: whatever still hangs on it ends. */
export function followSignals(signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  readonly letGo: () => void;
} {
  const controller = new AbortController();
  const given = signals.filter((signal) => signal !== undefined);
  const listeners = given.map((signal) => {
    const abort = (): void => controller.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    return () => signal.removeEventListener("abort", abort);
  });
  return {
    signal: controller.signal,
    letGo() {
      for (const stop of listeners) stop();
      controller.abort();
    },
  };
}

/** Does `work` with a signal that is aborted with the first of `signals`, and when the work has ended. */
export async function withSignals<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, letGo } = followSignals(signals);
  try {
    return await work(signal);
  } finally {
    letGo();
  }
}
