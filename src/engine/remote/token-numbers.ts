/** Gives texts numbers that no vocabulary has: the same text the same one. */
export interface TokenNumbers {
  /** −1 or less. */
  of(text: string): number;
}

/** Numbers for tokens of a server that does not tell their ids. */
export function createTokenNumbers(): TokenNumbers {
  const numbers = new Map<string, number>();
  return {
    of(text) {
      const number = numbers.get(text) ?? -1 - numbers.size;
      numbers.set(text, number);
      return number;
    },
  };
}
