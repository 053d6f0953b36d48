import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { editElsewhere, editorCommand } from "../../src/commands/edit-elsewhere.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-elsewhere-"));
});
afterEach(() => rm(home, { recursive: true }));

/** An editor that is a shell script; `$1` is the file. */
async function edit(text: string, script: string): Promise<string> {
  const editor = join(home, "editor.sh");
  await writeFile(editor, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  const temporary = join(home, "tmp");
  await import("node:fs/promises").then(({ mkdir }) => mkdir(temporary, { recursive: true }));
  try {
    return await editElsewhere(text, "/stories/my tale.md", {
      env: { ...process.env, EDITOR: editor, VISUAL: "" },
      platform: "linux",
      temporary,
    });
  } finally {
    expect(await readdir(temporary)).toEqual([]);
  }
}

describe.skipIf(process.platform === "win32")("the user's own editor", () => {
  it("gets the story under its name and gives back what it wrote", async () => {
    expect(await edit("one\ntwo", 'test "$(basename "$1")" = "my tale.md" && echo three >> "$1"')).toBe(
      "one\ntwothree",
    );
  });

  it.each([
    ["one", 'printf "two\\n" > "$1"', "two"],
    ["one\n", 'printf "two\\n" > "$1"', "two\n"],
    ["one", 'printf "two\\r\\nthree\\r\\n" > "$1"', "two\nthree"],
    ["", "true", ""],
    ["été 🦊", 'cp "$1" "$1.x" && mv "$1.x" "$1"', "été 🦊"],
  ])("%j and %s make %j", async (text, script, expected) => {
    expect(await edit(text, script)).toBe(expected);
  });

  it.each([
    ["exit 3", /exit code 3; the story is as it was/],
    ["kill -9 $$", /SIGKILL|exit code 137/],
    ['rm "$1"', /left no file/],
    ['printf "\\377\\376" > "$1"', /not UTF-8/],
  ])("that does %s changes nothing", async (script, message) => {
    await expect(edit("one", script)).rejects.toThrow(message);
  });

  it("that is not there is told of", async () => {
    const world = {
      env: { PATH: process.env.PATH, EDITOR: "no-such-editor --wait" },
      platform: "linux",
      temporary: home,
    };
    await expect(editElsewhere("one", "tale.md", world)).rejects.toThrow(
      /no-such-editor --wait is not found/,
    );
  });
});

it.each([
  [{ VISUAL: "code --wait", EDITOR: "nano" }, "linux", "code --wait"],
  [{ VISUAL: "", EDITOR: "nano" }, "linux", "nano"],
  [{}, "darwin", "vi"],
  [{}, "win32", "notepad"],
])("of %j on %s it takes %j", (env, platform, command) => {
  expect(editorCommand({ env, platform })).toBe(command);
});
