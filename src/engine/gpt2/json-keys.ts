/**
 * The first key that an object in the JSON text has twice, or null. Of two values of a key `JSON.parse` takes the last
 * and other readers the first: one file would be two models. The text must be JSON.
 */
export function repeatedKey(json: string): string | null {
  // Keys of the objects around the place, the innermost last; null for a list.
  const around: (Set<string> | null)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{") around.push(new Set());
    else if (character === "[") around.push(null);
    else if (character === "}" || character === "]") around.pop();
    else if (character === '"') {
      const end = endOfText(json, at);
      const keys = around.at(-1);
      if (keys && isKey(json, end)) {
        const key = JSON.parse(json.slice(at, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return null;
}

/** Where the text that begins at `at` with its quotation mark ends. */
function endOfText(json: string, at: number): number {
  let end = at + 1;
  while (json[end] !== '"') end += json[end] === "\\" ? 2 : 1;
  return end + 1;
}

function isKey(json: string, end: number): boolean {
  let next = end;
  while (" \t\r\n".includes(json[next] ?? "-")) next++;
  return json[next] === ":";
}
