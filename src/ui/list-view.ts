/** The rows of a list that are shown: from which line on, so that the chosen one is among them, near the middle. */
export function firstShown(chosen: number, count: number, room: number): number {
  return Math.max(0, Math.min(chosen - Math.floor(room / 2), count - room));
}
