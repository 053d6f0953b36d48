import { dirname, join } from "node:path";
import type { SpellingServices, WordList } from "../ui/spelling-effects.ts";
import type { CommandContext } from "./context.ts";
import { dictionaryNames, dictionaryTask } from "./spelling-dictionaries.ts";
import { type SpellingThread, startSpelling } from "./spelling-thread.ts";
import { addWord, readWords } from "./spelling-words.ts";

/** The spell checker of the editor. */
export interface Speller {
  readonly services: SpellingServices;
  /** Names of the dictionaries that there are. */
  readonly dictionaries: readonly string[];
  /** Resolves when nothing waits to be written. */
  close(): Promise<void>;
}

/** A dictionary that is being used: its thread, and the writer's lists as they were when it was chosen. */
interface Open {
  readonly name: string;
  readonly thread: SpellingThread;
  readonly own: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
}

/**
 * The spell checker for a story. Dictionaries are the user's in the folder `dictionaries` beside the settings, and those
 * in the box; one is read when it is first asked. Own words are in `dictionary.txt` beside the settings, words that are
 * passed over in a story in `ignored-words.txt` of the data folder.
 */
export async function openSpelling(
  { settings, dataFolder, installation }: Pick<CommandContext, "settings" | "dataFolder" | "installation">,
  story: string,
  start: typeof startSpelling = startSpelling,
): Promise<Speller> {
  const config = dirname(settings.path);
  const folder = join(config, "dictionaries");
  const lists: Readonly<Record<WordList, string>> = {
    dictionary: join(config, "dictionary.txt"),
    story: join(dataFolder, "ignored-words.txt"),
  };
  let open: Promise<Open> | null = null;
  let opened = "";
  let writing: Promise<void> = Promise.resolve();

  async function read(name: string): Promise<Open> {
    const task = await dictionaryTask(folder, name);
    const [own, ignored] = await Promise.all([readWords(lists.dictionary), readWords(lists.story, story)]);
    return { name, own, ignored, thread: start(name, task, installation.spellingHost) };
  }
  function use(name: string): Promise<Open> {
    if (open && opened === name) return open;
    void open?.then(({ thread }) => thread.close()).catch(() => {});
    opened = name;
    const next = read(name);
    open = next;
    return next;
  }
  /** One that failed is tried again the next time. */
  function forget(used: string, error: unknown): never {
    if (opened === used) open = null;
    throw error;
  }

  return {
    dictionaries: await dictionaryNames(folder, settings.values.spelling),
    services: {
      async check(dictionary, words) {
        try {
          const { thread, own, ignored } = await use(dictionary);
          return { verdicts: await thread.check(words), own, ignored };
        } catch (error) {
          return forget(dictionary, error);
        }
      },
      async suggest(dictionary, word) {
        try {
          return await (await use(dictionary)).thread.suggest(word);
        } catch (error) {
          return forget(dictionary, error);
        }
      },
      keep(word, list, of) {
        const part = list === "dictionary" ? "own" : "ignored";
        open = open?.then((now) => ({ ...now, [part]: new Set([...now[part], word]) })) ?? null;
        const done = writing.then(() => addWord(lists[list], word, list === "story" ? of : null));
        writing = done.catch(() => {});
        return done;
      },
    },
    async close() {
      await writing;
      await open?.then(({ thread }) => thread.close()).catch(() => {});
    },
  };
}
