import type { ServerResponse } from "node:http";

/** Bytes that may wait for a client before the model waits for it too. */
const AHEAD = 512 * 1024;

/** An answer in pieces, as server-sent events (WHATWG HTML, section 9.2). */
export interface EventStream {
  /**
   * Sends one event. While the client is behind, waits for it; one that reads nothing for so long as it is given is cut
   * off, so that neither memory grows nor others wait for it.
   */
  send(data: object | "[DONE]"): Promise<void>;
  end(): void;
}

/** An answer in pieces, which begins with the first of them: until then it may still become an error. */
export function openEventStream(
  response: ServerResponse,
  patienceMs: number,
  gone: AbortSignal,
): EventStream {
  return {
    async send(data) {
      if (gone.aborted) return;
      if (!response.headersSent) {
        response.writeHead(200, {
          "Content-Type": "text/event-stream; charset=utf-8",
          "Cache-Control": "no-cache",
          // A proxy before us is to pass on what it has.
          "X-Accel-Buffering": "no",
        });
      }
      response.write(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
      if (response.writableLength > AHEAD) await drained(response, patienceMs, gone);
    },
    end: () => void response.end(),
  };
}

function drained(response: ServerResponse, patienceMs: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), patienceMs);
    const done = (): void => {
      clearTimeout(timer);
      response.off("drain", done);
      gone.removeEventListener("abort", done);
      resolve();
    };
    response.on("drain", done);
    gone.addEventListener("abort", done);
  });
}
