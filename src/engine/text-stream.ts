/** Text out of bytes that come in pieces. */
export interface TextStream {
  /** The text that is complete with `bytes`: a character whose end is still to come is held back. */
  push(bytes: Uint8Array): string;
  /** What an unfinished character at the very end is read as: U+FFFD, or nothing if there is none. */
  end(): string;
}

/** Reads UTF-8 piece by piece and never cuts a character in two; invalid bytes become U+FFFD. */
export function createTextStream(): TextStream {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push: (bytes) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
  };
}
