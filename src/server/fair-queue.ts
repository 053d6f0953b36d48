/** The place of one request in a {@link FairQueue}, from its coming to its end. */
export interface Place {
  /**
   * Waits for a turn, and resolves with what ends it. Rejects with the reason of `signal`, and takes no turn then, where
   * that is aborted first.
   */
  turn(signal: AbortSignal): Promise<() => void>;
  /** The request is done with. */
  leave(): void;
}

/** Requests that wait for something which does one at a time. */
export interface FairQueue {
  /** Places taken. */
  readonly size: number;
  /** A place for a request of `client`, or null where there is no room. */
  enter(client: string): Place | null;
}

/** The share of places that is added for clients that have none, so that no other can take all. */
const RESERVE = 0.25;

/**
 * A queue with room for `room` requests, and for a quarter more from clients that have none in it. Turns go round the
 * clients that wait; those of one client are given in the order in which they were asked for. A request with much to do
 * takes several turns.
 */
export function createFairQueue(room: number): FairQueue {
  const places = new Map<string, number>();
  /** Those who wait, by client; the client that comes first is the next. */
  const waiting = new Map<string, (() => void)[]>();
  let size = 0;
  let busy = false;

  function next(): void {
    const [first] = waiting;
    if (first === undefined) {
      busy = false;
      return;
    }
    const [client, turns] = first;
    waiting.delete(client);
    const [begin, ...rest] = turns;
    if (rest.length > 0) waiting.set(client, rest);
    begin?.();
  }

  function release(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      next();
    };
  }

  function wait(client: string, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal.removeEventListener("abort", giveUp);
        resolve(release());
      };
      const giveUp = (): void => {
        const others = (waiting.get(client) ?? []).filter((one) => one !== begin);
        if (others.length > 0) waiting.set(client, others);
        else waiting.delete(client);
        reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      waiting.set(client, [...(waiting.get(client) ?? []), begin]);
    });
  }

  return {
    get size() {
      return size;
    },
    enter(client) {
      const own = places.get(client) ?? 0;
      if (size >= (own === 0 ? Math.ceil(room * (1 + RESERVE)) : room)) return null;
      places.set(client, own + 1);
      size++;
      let left = false;
      return {
        async turn(signal) {
          signal.throwIfAborted();
          if (busy) return wait(client, signal);
          busy = true;
          return release();
        },
        leave() {
          if (left) return;
          left = true;
          size--;
          const others = (places.get(client) ?? 1) - 1;
          if (others > 0) places.set(client, others);
          else places.delete(client);
        },
      };
    },
  };
}
