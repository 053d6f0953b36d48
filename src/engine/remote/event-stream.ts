/** One event of a server's stream. */
export interface ServerEvent {
  /** `error`: llama.cpp's server sends failures under this name. */
  readonly field: "data" | "error";
  readonly value: string;
}

/** Reads the bytes of a stream of server-sent events, cut anywhere. */
export interface EventStream {
  /** The events that are complete with `bytes`. Throws a SyntaxError for one beyond {@link LONGEST_EVENT}. */
  push(bytes: Uint8Array): readonly ServerEvent[];
}

/** Characters of one event at most: a thousand times what a token takes. */
export const LONGEST_EVENT = 1_000_000;

/**
 * Reads `text/event-stream` as the HTML standard tells it (section 9.2.6, "Interpreting an event stream"): lines end with
 * LF, CRLF or CR, an empty one ends an event, a line that begins with a colon is a comment. What has not ended when the
 * stream does is no event.
 */
export function createEventStream(): EventStream {
  const decoder = new TextDecoder();
  let line = "";
  let skipLineFeed = false;
  let field: ServerEvent["field"] | null = null;
  let value = "";

  function take(events: ServerEvent[]): void {
    if (line === "") {
      if (field !== null) events.push({ field, value });
      field = null;
      value = "";
      return;
    }
    const [, name, rest = ""] = /^(data|error)(?::(?: ?)(.*))?$/su.exec(line) ?? [];
    line = "";
    if (name !== "data" && name !== "error") return;
    value = field === null ? rest : `${value}\n${rest}`;
    field = name;
  }

  return {
    push(bytes) {
      const events: ServerEvent[] = [];
      const text = decoder.decode(bytes, { stream: true });
      let from = 0;
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (skipLineFeed) {
          skipLineFeed = false;
          if (code === 10) {
            from = at + 1;
            continue;
          }
        }
        if (code !== 10 && code !== 13) continue;
        line += text.slice(from, at);
        from = at + 1;
        skipLineFeed = code === 13;
        take(events);
      }
      line += text.slice(from);
      if (line.length + value.length > LONGEST_EVENT) {
        throw new SyntaxError(`an event of more than ${LONGEST_EVENT} characters`);
      }
      return events;
    },
  };
}
