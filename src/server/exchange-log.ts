import type { Usage } from "./answers.ts";
import { pathOf } from "./routes.ts";

/** What is told of an answered request. */
export interface Answered {
  readonly at: Date;
  readonly method: string;
  readonly url: string;
  /** As answered; 499 where the client was gone before that, as nginx has it. */
  readonly status: number;
  readonly usage: Readonly<Usage> | null;
  readonly ms: number;
}

/** One line of the log: time, path, status, tokens read and written, milliseconds. Nothing of any text. */
export function logLine({ at, method, url, status, usage, ms }: Answered): string {
  const path = pathOf(url)
    .slice(0, 100)
    .replace(/[^\x21-\x7e]/g, "?");
  const tokens = usage === null ? "" : ` ${usage.prompt}+${usage.completion} tokens`;
  return `${at.toISOString()} ${method} ${path} ${status}${tokens} ${Math.round(ms)} ms`;
}
