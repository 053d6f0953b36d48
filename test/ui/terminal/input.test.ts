import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createInputParser,
  ESCAPE_DELAY,
  PASTE_DELAY,
  SEQUENCE_DELAY,
} from "../../../src/ui/terminal/input.ts";
import type { InputEvent } from "../../../src/ui/terminal/input-event.ts";
import { keyName } from "../../../src/ui/terminal/keys.ts";

/** A clock that stands still until told. */
function fakeTimers() {
  let now = 0;
  let next: { at: number; action: () => void } | null = null;
  return {
    timers: {
      set(action: () => void, milliseconds: number) {
        next = { at: now + milliseconds, action };
        return next;
      },
      clear() {
        next = null;
      },
    },
    pass(milliseconds: number) {
      now += milliseconds;
      if (!next || next.at > now) return;
      const { action } = next;
      next = null;
      action();
    },
  };
}

function setUp() {
  const events: InputEvent[] = [];
  const { timers, pass } = fakeTimers();
  const parser = createInputParser((event) => events.push(event), timers);
  return { events, parser, pass };
}

/** An event in a few characters: `ctrl+z`, `"typed"`, `release a`. */
function spell(event: InputEvent): string {
  switch (event.type) {
    case "text":
      return JSON.stringify(event.text);
    case "paste":
      return `paste ${JSON.stringify(event.text)}`;
    case "key":
      return `${event.event === "press" ? "" : `${event.event} `}${keyName(event)}`;
    case "focus":
      return event.focused ? "focus" : "blur";
    case "reply":
      return `${event.kind} ${event.data}`;
    case "mouse": {
      const held = [event.shift && "shift", event.alt && "alt", event.ctrl && "ctrl"].filter(Boolean);
      const what =
        event.wheel !== 0
          ? `wheel${event.wheel}`
          : `${event.release ? "up" : event.motion ? "drag" : "down"}${event.button}`;
      return [...held, `${what}@${event.x},${event.y}`].join("+");
    }
  }
}

/** Events with neighbouring text joined, as text may arrive in any number of pieces. */
function spelled(events: readonly InputEvent[]): string[] {
  const joined: InputEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.type === "text" && last?.type === "text")
      joined[joined.length - 1] = { type: "text", text: last.text + event.text };
    else joined.push(event);
  }
  return joined.map(spell);
}

function parse(chunks: readonly (string | Buffer)[]): string[] {
  const { events, parser } = setUp();
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return spelled(events);
}

const E = "\x1b";

/** What terminals send, and what it means. */
const SEQUENCES: readonly (readonly [string, string])[] = [
  ["Hello, 日本 👨‍👩‍👧", '"Hello, 日本 👨‍👩‍👧"'],
  ["x\r", '"x" enter'],
  ["\n", "ctrl+j"],
  ["\t", "tab"],
  ["\x7f", "backspace"],
  ["\b", "ctrl+backspace"],
  ["\0", "ctrl+space"],
  ["\x01\x1a", "ctrl+a ctrl+z"],
  ["\x1c\x1d\x1e\x1f", "ctrl+\\ ctrl+] ctrl+^ ctrl+_"],
  // xterm, normal and application mode
  [`${E}[A${E}OB`, "up down"],
  [`${E}[H${E}[F${E}OH${E}OF`, "home end home end"],
  [`${E}[1~${E}[4~${E}[7~${E}[8~`, "home end home end"],
  [`${E}[2~${E}[3~${E}[5~${E}[6~`, "insert delete pageup pagedown"],
  [`${E}[1;2D${E}[1;6D${E}[1;5H${E}[3;5~`, "shift+left shift+ctrl+left ctrl+home ctrl+delete"],
  [`${E}[1;3A${E}[1;9A${E}[1;33A`, "alt+up super+up alt+up"],
  [`${E}OP${E}OQ${E}OR${E}OS${E}[15~${E}[24~`, "f1 f2 f3 f4 f5 f12"],
  [`${E}[1;5P${E}[1;2R`, "ctrl+f1 shift+f3"],
  [`${E}[Z${E}[1;6Z`, "shift+tab shift+ctrl+tab"],
  [`${E}Oj${E}Op${E}OM`, '"*0" enter'],
  // rxvt
  [`${E}[d${E}Oc${E}Od`, "shift+left ctrl+right ctrl+left"],
  [`${E}[3^${E}[5$${E}[7@`, "ctrl+delete shift+pageup shift+ctrl+home"],
  // Linux console
  [`${E}[[A${E}[[E${E}[17~`, "f1 f5 f6"],
  // Alt
  [`${E}b${E}B${E}<${E}é`, "alt+b shift+alt+b alt+< alt+é"],
  [`${E}\x7f${E}\r${E}\t${E} ${E}\x01`, "alt+backspace alt+enter alt+tab alt+space ctrl+alt+a"],
  [`${E}${E}[A${E}${E}OC`, "alt+up alt+right"],
  // modifyOtherKeys
  [`${E}[27;2;13~${E}[27;5;9~${E}[27;5;97~${E}[27;2;65~`, 'shift+enter ctrl+tab ctrl+a "A"'],
  // kitty
  [`${E}[27u${E}[13;2u${E}[127;5u${E}[32;5u`, "escape shift+enter ctrl+backspace ctrl+space"],
  [`${E}[97;5u${E}[122;6u${E}[97;3u`, "ctrl+a shift+ctrl+z alt+a"],
  [`${E}[97;5:2u${E}[97;5:3u${E}[1;1:3A`, "repeat ctrl+a release ctrl+a release up"],
  [`${E}[97u${E}[97;2u${E}[97:65;2u${E}[55:47;2u${E}[97;1;228u${E}[233;129u`, '"aAA/äé"'],
  [`${E}[97;1:3u${E}[57441;2u${E}[57358u`, ""],
  [`${E}[57400u${E}[57413u${E}[57414u${E}[57417;5u`, '"1+" enter ctrl+left'],
  // mouse
  [`${E}[<0;10;5M${E}[<0;10;5m${E}[<32;11;5M${E}[<2;1;1M`, "down0@9,4 up0@9,4 drag0@10,4 down2@0,0"],
  [
    `${E}[<64;10;5M${E}[<65;10;5M${E}[<4;3;3M${E}[<24;3;3M`,
    "wheel-1@9,4 wheel1@9,4 shift+down0@2,2 alt+ctrl+down0@2,2",
  ],
  [`${E}[<66;1;1M${E}[<128;1;1M${E}[<0;0;0M${E}[<0;1M${E}[M !!`, ""],
  // focus and replies
  [`${E}[I${E}[O`, "focus blur"],
  [
    `${E}[24;80R${E}[?62;22c${E}[0n${E}[?2026;1$y${E}[?1u`,
    "csi 24;80R csi ?62;22c csi 0n csi ?2026;1$y csi ?1u",
  ],
  [`${E}]11;rgb:0000/0000/0000${E}\\${E}]52;c;aGk=\x07`, "osc 11;rgb:0000/0000/0000 osc 52;c;aGk="],
  [`${E}P1+r544e=78${E}\\${E}_Gi=1;OK${E}\\`, "dcs 1+r544e=78"],
  // paste
  [`${E}[200~a\r\nb${E}[31m\rc${E}[201~z`, `paste "a\\nb\\u001b[31m\\nc" "z"`],
  [`${E}[200~${E}[201~${E}[201~`, 'paste ""'],
  // nonsense
  [`${E}[31m${E}[999~${E}[38;5;1x${E}[1;2;3;4;5Q`, "csi 38;5;1x shift+f2"],
  [`${E}[99999999u${E}[1114112u${E}[55296u${E}[u`, ""],
  ["\x9b\x85a", '"a"'],
  [`${E}[1;${E}[A`, "up"],
];

test.each(SEQUENCES)("%j is %s", (bytes, events) => {
  expect(parse([Buffer.from(bytes)]).join(" ")).toBe(events);
  expect(parse([bytes]).join(" ")).toBe(events);
});

test("cutting the input anywhere changes nothing", () => {
  const all = Buffer.from(SEQUENCES.map(([bytes]) => bytes).join(""));
  const whole = parse([all]);
  expect(whole.length).toBeGreaterThan(100);
  expect(parse([...all].map((byte) => Buffer.from([byte])))).toEqual(whole);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 20, maxLength: 100 }), (sizes) => {
      const chunks: Buffer[] = [];
      for (let at = 0, turn = 0; at < all.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        chunks.push(all.subarray(at, at + size));
        at += size;
      }
      expect(parse(chunks)).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

test("no input throws, and cutting it changes nothing", () => {
  const fragment = fc.constantFrom(
    E,
    `${E}[`,
    `${E}O`,
    `${E}]`,
    `${E}P`,
    "\x07",
    `${E}\\`,
    "[",
    ";",
    "1",
    "200~",
    "201~",
    "<",
    "M",
    "m",
    "u",
    "$",
    "?",
    "é",
    "\x18",
  );
  const bytes = fc.oneof(
    fc.array(fragment, { maxLength: 12 }).map((parts) => Buffer.from(parts.join(""))),
    fc.uint8Array({ maxLength: 24 }).map((array) => Buffer.from(array)),
  );
  fc.assert(
    fc.property(bytes, fc.nat(), (input, cut) => {
      const at = cut % (input.length + 1);
      expect(parse([input.subarray(0, at), input.subarray(at)])).toEqual(parse([input]));
    }),
    { numRuns: 2000 },
  );
});

test("no piece of a sequence is taken for typing", () => {
  const sequences = SEQUENCES.map(([bytes]) => bytes).filter((bytes) => /^\x1b[[O]/.test(bytes));
  fc.assert(
    fc.property(fc.constantFrom(...sequences), fc.nat(), (bytes, cut) => {
      const first = `${E}${bytes.slice(1).split(E)[0]}`;
      const { events, parser } = setUp();
      parser.push(first.slice(0, 2 + (cut % first.length)));
      parser.end();
      const text = spelled(events).filter((event) => event.startsWith('"'));
      // Only keys that stand for characters may type one.
      if (text.length > 0) expect(first).toMatch(/u$|~$|\x1bO[j-y]$/);
    }),
  );
});

describe("waiting", () => {
  test("Escape alone is a key after a moment", () => {
    const { events, parser, pass } = setUp();
    parser.push(E);
    pass(ESCAPE_DELAY - 1);
    expect(events).toEqual([]);
    pass(1);
    expect(spelled(events)).toEqual(["escape"]);
  });

  test("a sequence split on a slow line is still one key", () => {
    const { events, parser, pass } = setUp();
    parser.push(E);
    pass(10);
    parser.push("[1;");
    pass(200);
    parser.push("5D");
    expect(spelled(events)).toEqual(["ctrl+left"]);
  });

  test("an unfinished sequence is dropped", () => {
    const { events, parser, pass } = setUp();
    parser.push(`${E}[1;`);
    pass(SEQUENCE_DELAY);
    parser.push("a");
    expect(spelled(events)).toEqual(['"a"']);
  });

  test.each([
    [`${E}[`, "alt+["],
    [`${E}O`, "shift+alt+o"],
    [`${E}]`, "alt+]"],
    [`${E}P`, "shift+alt+p"],
    [`${E}${E}`, "escape escape"],
  ])("%j alone is %s", (bytes, event) => {
    const { events, parser, pass } = setUp();
    parser.push(bytes);
    pass(ESCAPE_DELAY);
    expect(spelled(events).join(" ")).toBe(event);
  });

  test("a paste whose end is lost ends after silence", () => {
    const { events, parser, pass } = setUp();
    parser.push(`${E}[200~half`);
    pass(PASTE_DELAY - 1);
    parser.push(" and half");
    pass(PASTE_DELAY - 1);
    expect(events).toEqual([]);
    pass(1);
    expect(events).toEqual([{ type: "paste", text: "half and half" }]);
    parser.push("a");
    expect(events[1]).toEqual({ type: "text", text: "a" });
  });
});

test("100 KB pasted are one event", () => {
  const text = "The quick brown fox.\r".repeat(4762);
  const bytes = Buffer.from(`${E}[200~${text}${E}[201~`);
  const { events, parser } = setUp();
  for (let at = 0; at < bytes.length; at += 1021) parser.push(bytes.subarray(at, at + 1021));
  expect(events).toEqual([{ type: "paste", text: text.replaceAll("\r", "\n") }]);
});
