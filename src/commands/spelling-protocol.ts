import type { Checker } from "./spelling-checker.ts";

/** What the spell checker's thread is given: paths of dictionaries' files. */
export interface SpellingTask {
  readonly dictionaries: readonly { readonly aff: string; readonly dic: string }[];
  readonly foldAccents: boolean;
}

/** What is asked of the thread; the answer has the same number. */
export type SpellingRequest =
  | { readonly id: number; readonly type: "check"; readonly words: readonly string[] }
  | { readonly id: number; readonly type: "suggest"; readonly word: string };

/** To `check`, those of the words that are wrong; to `suggest`, what could be meant. */
export interface SpellingReply {
  readonly id: number;
  readonly words: readonly string[];
}

/** Answers a request. */
export function answer(checker: Checker, request: SpellingRequest): SpellingReply {
  const { id } = request;
  return request.type === "check"
    ? { id, words: request.words.filter((word) => !checker.isRight(word)) }
    : { id, words: checker.suggest(request.word) };
}
