import { wordRows } from "./foot.ts";
import { visible } from "./terminal/widths.ts";

/** What is told of a model's limits when it is opened for the first time, as rows of at most `width` cells. */
export function limitRows(text: string, width: number): readonly string[] {
  return text
    .split("\n")
    .flatMap((line) => (line === "" ? [""] : wordRows(visible(line), Math.max(8, width))));
}
