import type { Answer, Connection } from "./connection.ts";
import { createMailbox } from "./mailbox.ts";
import type { ToHost } from "./protocol.ts";

/**
 * Sends a request, and gives its answers as they come, up to the last one. Ends without that one where the engine was
 * closed. An abort of `signal` cancels the request, and so does a reader that leaves; throws what the request failed
 * with.
 */
export async function* ask(
  connection: Connection,
  message: (request: number) => ToHost,
  signal: AbortSignal | undefined,
): AsyncGenerator<Answer, void, void> {
  const answers = createMailbox<Answer | null>();
  const request = connection.ask(message, {
    receive: answers.push,
    fail: answers.fail,
    close: () => answers.push(null),
  });
  const cancel = () => connection.cancel(request);
  signal?.addEventListener("abort", cancel);
  if (signal?.aborted) cancel();
  let ended = false;
  try {
    while (!ended) {
      const answer = await answers.next();
      ended = answer === null || isLast(answer);
      if (answer !== null) yield answer;
    }
  } finally {
    signal?.removeEventListener("abort", cancel);
    connection.forget(request);
    if (!ended) cancel();
  }
}

function isLast(answer: Answer): boolean {
  if (answer.type === "event") return answer.event.type === "finished";
  return answer.type !== "scoring";
}
