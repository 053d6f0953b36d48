import { PassThrough, Writable } from "node:stream";

/** Ink's two ends: what it believes to be the terminal. */
export interface InkStreams {
  readonly output: NodeJS.WriteStream;
  readonly input: NodeJS.ReadStream;
  /** Tells Ink the terminal's new size, in cells. */
  resize(columns: number, rows: number): void;
}

/**
 * Streams for Ink's `render` with `debug: true`: every write is a whole frame and goes to `onFrame`. The output says
 * that it is no terminal, so that Ink never moves the cursor; the input stays silent unless something is written to it.
 */
export function createInkStreams(
  columns: number,
  rows: number,
  onFrame: (frame: string) => void,
): InkStreams {
  const output = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        onFrame(String(chunk));
        done();
      },
    }),
    { isTTY: false, columns, rows },
  );
  // Ink listens to `resize` once for each of its hooks.
  output.setMaxListeners(100);
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => input,
    ref: () => input,
    unref: () => input,
  });
  return {
    // Ink asks for the types of a terminal's streams but uses no more of them than is here.
    output: output as unknown as NodeJS.WriteStream,
    input: input as unknown as NodeJS.ReadStream,
    resize(columns, rows) {
      Object.assign(output, { columns, rows });
      output.emit("resize");
    },
  };
}
