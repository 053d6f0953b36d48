import { describe, expect, it } from "vitest";
import { smartened } from "../../src/story/typography.ts";

/** What typing a text makes of it, character by character. */
function typed(text: string): string {
  return [...text].reduce((whole, character) => {
    const now = whole + character;
    const found = smartened(now, character);
    return found ? now.slice(0, now.length - found.replaced) + found.insert : now;
  }, "");
}

describe("typing", () => {
  it.each([
    ['"Stop," he said.', "“Stop,” he said."],
    ["don't", "don’t"],
    ["'Yes,' she said, 'no.'", "‘Yes,’ she said, ‘no.’"],
    ["\"'Why?' he asked,\" said Ann.", "“‘Why?’ he asked,” said Ann."],
    ['("so")', "(“so”)"],
    ['He--"No!"--left', "He—“No!”—left"],
    ["Well...", "Well…"],
    ["Well....", "Well…."],
    ["'tis late, 'twas dark; 'tisane'", "’tis late, ’twas dark; ‘tisane’"],
    ["the '90s, ('80s) and \"'70s\"", "the ’90s, (’80s) and “’70s”"],
    ["'90 days,' he said", "‘90 days,’ he said"],
    ["rock 'n' roll, 'N' too", "rock ’n’ roll, ’N’ too"],
    ["'no', 'nn'", "‘no’, ‘nn’"],
    ["get 'em. Till 'til-- not 'em\"", "get ’em. Till ’til— not ’em”"],
    ['"\'Cause I say so."', "“’Cause I say so.”"],
    ["('em)", "(’em)"],
    ["the boys' boat", "the boys’ boat"],
    ["---", "---"],
    ["well-known", "well-known"],
    ["1.2.3", "1.2.3"],
    ["", ""],
  ])("%j becomes %j", (keys, expected) => {
    expect(typed(keys)).toBe(expected);
  });
});
