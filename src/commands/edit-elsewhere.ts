import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { errorCode, UserError } from "../errors.ts";

/** The world that an editor is started in. */
export interface Elsewhere {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** Folder for the file that is edited; left out, the system's for such. */
  readonly temporary?: string;
}

/** The user's editor, as a shell reads it: `$VISUAL`, `$EDITOR`, else what every system has. */
export function editorCommand({ env, platform }: Elsewhere): string {
  return env.VISUAL || env.EDITOR || (platform === "win32" ? "notepad" : "vi");
}

/**
 * Lets the user edit `text` with their own editor, which has the terminal meanwhile, in a private copy under the name
 * of the story at `path`. Resolves with the new text. A line break that the editor put at the end, where there was
 * none, is taken off again.
 *
 * Rejects with a UserError where the editor cannot be started or ends with an error, or its text is gone or no UTF-8:
 * nothing is lost then, for the story was not touched.
 */
export async function editElsewhere(text: string, path: string, world: Elsewhere): Promise<string> {
  const command = editorCommand(world);
  const folder = await mkdtemp(join(world.temporary ?? tmpdir(), "inkwright-edit-"));
  try {
    const file = join(folder, basename(path));
    await writeFile(file, text, { mode: 0o600 });
    await runEditor(command, file, world);
    const edited = decode(await readBack(file, command), command);
    const plain = text.includes("\r") ? edited : edited.replaceAll("\r\n", "\n");
    return plain === `${text}\n` || (plain.endsWith("\n") && !text.endsWith("\n"))
      ? plain.slice(0, -1)
      : plain;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runEditor(command: string, file: string, { env, platform }: Elsewhere): Promise<void> {
  // The command may have arguments: `code --wait`. The file's name is no part of what the shell reads.
  const [program, args] =
    platform === "win32"
      ? [`${command} "${file}"`, []]
      : ["/bin/sh", ["-c", `${command} "$@"`, command, file]];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env: { ...env }, shell: platform === "win32" });
    child.on("error", (cause) =>
      reject(notChanged(`${command} does not start (${errorCode(cause) ?? cause.message})`, cause)),
    );
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else if (code === 127) reject(notChanged(`${command} is not found`));
      else reject(notChanged(`${command} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

async function readBack(file: string, command: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw notChanged(`${command} left no file`, cause);
  }
}

function decode(bytes: Uint8Array, command: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw notChanged(`what ${command} wrote is not UTF-8`, cause);
  }
}

function notChanged(what: string, cause?: unknown): UserError {
  return new UserError(`${what}; the story is as it was`, {
    hint: "Set EDITOR to an editor for the terminal, such as nano.",
    cause,
  });
}
