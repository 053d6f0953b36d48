const CLOSERS = "[\"'”’»)\\]*_]*";
const ENDING = new RegExp(`[.!?…](${CLOSERS})\\s*$`, "u");
const ABBREVIATION = /\b(?:Mr|Mrs|Ms|Dr|St|Prof|Capt|Col|Lt|Sgt|Rev)\.\s*$/;

/** Whether `text` stops where a sentence does: after . ! ? … with or without closing quotes, or at a line's end. */
export function endsSentence(text: string): boolean {
  return /\n[ \t]*$/.test(text) || sentenceClosers(text) !== null;
}

/** The quotes and brackets that close the sentence at the end of `text`, often none; null if no sentence ends there. */
export function sentenceClosers(text: string): string | null {
  if (ABBREVIATION.test(text)) return null;
  return ENDING.exec(text)?.[1] ?? null;
}
