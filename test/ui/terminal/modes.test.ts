import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { copySequence, createModes, ENTER, LEAVE, makeNonBlocking } from "../../../src/ui/terminal/modes.ts";
import { installRestore, type RestoreOptions } from "../../../src/ui/terminal/restore.ts";
import { createScreen } from "../../pty/screen.ts";

function fakeTerminal() {
  const log: string[] = [];
  const modes = createModes({
    input: {
      setRawMode: (raw) => log.push(raw ? "raw" : "cooked"),
      resume: () => log.push("resume"),
      pause: () => log.push("pause"),
    },
    writeNow: (text) => log.push(text === ENTER ? "ENTER" : text === LEAVE ? "LEAVE" : text),
  });
  return { log, modes };
}

describe("modes", () => {
  test("are left exactly once, and not before they were entered", () => {
    const { log, modes } = fakeTerminal();
    modes.leave();
    modes.enter();
    modes.leave();
    modes.leave();
    expect(log).toEqual(["raw", "resume", "ENTER", "LEAVE", "cooked", "pause"]);
  });

  test("entered again start afresh, so that what is pushed is popped", () => {
    const { log, modes } = fakeTerminal();
    modes.enter();
    modes.enter();
    modes.leave();
    expect(log.filter((entry) => entry === "ENTER")).toHaveLength(2);
    expect(log.filter((entry) => entry === "LEAVE")).toHaveLength(2);
  });

  test("a cursor of a theme's colour has its own again when the terminal is left, and the theme's after a stop", () => {
    const { log, modes } = fakeTerminal();
    modes.tint("#2f5f3a");
    expect(log).toEqual([]);
    modes.enter();
    modes.leave();
    modes.enter();
    modes.tint("#000000");
    modes.tint("#000000");
    modes.tint(null);
    modes.leave();
    const [on, off] = ["\x1b]12;#2f5f3a\x1b\\", "\x1b]112\x1b\\"];
    expect(log.filter((entry) => entry.includes("\x1b"))).toEqual([
      `${ENTER}${on}`,
      `${off}${LEAVE}`,
      `${ENTER}${on}`,
      "\x1b]12;#000000\x1b\\",
      off,
    ]);
    expect(log.at(-3)).toBe("LEAVE");
  });

  test("a terminal that has gone away stops nothing", () => {
    const log: string[] = [];
    const gone = () => {
      throw new Error("EIO");
    };
    let isGone = false;
    const modes = createModes({
      input: {
        setRawMode: () => (isGone ? gone() : log.push("mode")),
        resume: () => {},
        pause: () => log.push("pause"),
      },
      writeNow: () => isGone && gone(),
    });
    modes.enter();
    isGone = true;
    expect(() => modes.leave()).not.toThrow();
    expect(log).toEqual(["mode", "pause"]);
  });

  test("leaving undoes everything that entering did", async () => {
    const screen = createScreen(20, 4);
    await screen.write("before");
    await screen.write(`${ENTER}\x1b[1;31m\x1b[?25l\x1b[?2026hstory`);
    expect(screen.isAlternate()).toBe(true);
    await screen.write(`${LEAVE} after`);
    expect(screen.isAlternate()).toBe(false);
    expect(screen.rows()[0]).toBe("before after");
    expect(screen.look(8, 0)).toMatchObject({ bold: false, colour: null });
    const set = [...ENTER.matchAll(/\x1b\[\?(\d+)([hl])/g)].map(([, mode, way]) => `${mode}${way}`);
    const undone = [...LEAVE.matchAll(/\x1b\[\?(\d+)([hl])/g)].map(
      ([, mode, way]) => `${mode}${way === "h" ? "l" : "h"}`,
    );
    for (const mode of set) expect(undone).toContain(mode);
    expect(LEAVE).toContain("\x1b[<u");
  });
});

describe("the clipboard", () => {
  test("takes text as base64 of its UTF-8", () => {
    expect(copySequence("日")).toBe("\x1b]52;c;5pel\x07");
  });

  test("is not sent more than a terminal accepts", () => {
    expect(copySequence("x".repeat(75_000))).not.toBeNull();
    expect(copySequence("x".repeat(75_001))).toBeNull();
  });
});

test("makeNonBlocking uses the stream's switch if there is one", () => {
  const setBlocking = vi.fn();
  makeNonBlocking({ _handle: { setBlocking } });
  expect(setBlocking).toHaveBeenCalledWith(false);
  for (const other of [null, undefined, {}, { _handle: null }, { _handle: {} }]) {
    expect(() => makeNonBlocking(other)).not.toThrow();
  }
});

describe("restoring", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A process that only notes what would be done to it, and how it ended. */
  function setUp(
    onSignal: RestoreOptions["onSignal"] = async () => {},
    changes: Partial<RestoreOptions> = {},
  ) {
    const log: string[] = [];
    const target = Object.assign(new EventEmitter(), {
      pid: 7,
      exit: (code: number) => log.push(`exit ${code}`),
      kill: (pid: number, signal: string) => log.push(`kill ${pid} ${signal}`),
    });
    const uninstall = installRestore(target, {
      restore: () => log.push("restore"),
      resume: () => log.push("resume"),
      onSignal: (ending) => {
        log.push(`save ${ending}`);
        return onSignal(ending);
      },
      report: (error) => log.push(`report ${error instanceof Error ? error.message : error}`),
      ...changes,
    });
    return { log, target, uninstall };
  }

  test.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ])("%s saves, restores and exits with %i", async (signal, code) => {
    const { log, target } = setUp();
    target.emit(signal);
    expect(log).toEqual([`save ${signal}`]);
    await vi.runAllTimersAsync();
    expect(log).toEqual([`save ${signal}`, "restore", `exit ${code}`]);
  });

  test("saving that hangs is given up after a while", async () => {
    const { log, target } = setUp(() => new Promise(() => {}));
    target.emit("SIGTERM");
    await vi.advanceTimersByTimeAsync(4999);
    expect(log).toEqual(["save SIGTERM"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(["save SIGTERM", "restore", "exit 143"]);
  });

  test("a second signal does not wait", () => {
    const { log, target } = setUp(() => new Promise(() => {}));
    target.emit("SIGTERM");
    target.emit("SIGINT");
    expect(log).toEqual(["save SIGTERM", "restore", "exit 130"]);
  });

  test("saving that fails is reported on the restored terminal", async () => {
    const { log, target } = setUp(async () => {
      throw new Error("disk full");
    });
    target.emit("SIGHUP");
    await vi.runAllTimersAsync();
    expect(log).toEqual(["save SIGHUP", "restore", "report disk full", "restore", "exit 129"]);
  });

  test.each([
    "uncaughtException",
    "unhandledRejection",
  ])("%s restores, is reported, and still saves", async (event) => {
    const { log, target } = setUp();
    target.emit(event, new Error("boom"));
    expect(log).toEqual(["restore", "report boom", "save error"]);
    await vi.runAllTimersAsync();
    expect(log.at(-1)).toBe("exit 1");
  });

  test("an error while ending does not start over", () => {
    const { log, target } = setUp(() => new Promise(() => {}));
    target.emit("SIGTERM");
    target.emit("uncaughtException", new Error("late"));
    expect(log).toEqual(["save SIGTERM", "restore", "report late"]);
  });

  test("a terminal that hangs up says so in several ways, and what is saved is not cut short", async () => {
    const { log, target } = setUp(() => new Promise((resolve) => setTimeout(resolve, 100)), {
      resume: () => {
        throw new Error("EIO");
      },
    });
    target.emit("SIGCONT");
    expect(log).toEqual(["save SIGHUP"]);
    target.emit("SIGHUP");
    target.emit("uncaughtException", new Error("EIO"));
    await vi.advanceTimersByTimeAsync(99);
    expect(log).not.toContain("exit 129");
    await vi.advanceTimersByTimeAsync(1);
    expect(log.at(-1)).toBe("exit 129");
  });

  test("an error that cannot even be told still saves", async () => {
    const { log, target } = setUp(undefined, {
      report: () => {
        throw new Error("EIO");
      },
    });
    target.emit("uncaughtException", new Error("boom"));
    await vi.runAllTimersAsync();
    expect(log).toEqual(["restore", "save error", "restore", "exit 1"]);
  });

  test("a stop restores first, and going on takes the terminal again", () => {
    const { log, target } = setUp();
    target.emit("SIGTSTP");
    target.emit("SIGCONT");
    expect(log).toEqual(["restore", "kill 7 SIGSTOP", "resume"]);
  });

  test("an exit restores", () => {
    const { log, target } = setUp();
    target.emit("exit", 0);
    expect(log).toEqual(["restore"]);
  });

  test("can be taken away", () => {
    const { target, uninstall } = setUp();
    uninstall();
    expect(target.eventNames()).toEqual([]);
  });
});
