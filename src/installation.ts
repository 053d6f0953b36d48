import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the program's own files are. */
export interface Installation {
  /** Folder of the program's package.json. */
  readonly root: string;
  readonly version: string;
  /** Folder of the models in the box, one folder each. */
  readonly models: string;
  /** Folder of the sample stories. */
  readonly stories: string;
  /** The engine's child process, bundled by the build. */
  readonly engineHost: string;
  /** The child process of `inkwright bench`, bundled by the build. */
  readonly benchHost: string;
  /** The spell checker's thread, bundled by the build. */
  readonly spellingHost: string;
}

/** Name and version if `file` is a package.json of this program, else undefined. */
function ownVersion(file: string): string | undefined {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
  if (typeof found !== "object" || found === null || !("name" in found) || !("version" in found))
    return undefined;
  return found.name === "inkwright" && typeof found.version === "string" ? found.version : undefined;
}

/**
 * Finds the installation around a module, by walking up to the package.json named inkwright: the same from the
 * sources, from the bundles in dist/, and from an installed package. Throws an Error where there is none.
 */
export function installation(from: string = import.meta.url): Installation {
  const start = dirname(fileURLToPath(from));
  for (let root = start; ; root = dirname(root)) {
    const version = ownVersion(join(root, "package.json"));
    if (version !== undefined) {
      return {
        root,
        version,
        models: join(root, "models"),
        stories: join(root, "stories"),
        engineHost: join(root, "dist", "engine-host.js"),
        benchHost: join(root, "dist", "bench-host.js"),
        spellingHost: join(root, "dist", "spelling-host.js"),
      };
    }
    if (dirname(root) === root) throw new Error(`no package.json named inkwright above ${start}`);
  }
}

/** What {@link dataFolder} and {@link cacheFolder} need to know of the machine. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  /** As in `process.platform`. */
  readonly platform: string;
}

/**
 * The user's folder for models and for the sessions of pipes: `INKWRIGHT_DATA_DIR`, or what the system has for
 * this (XDG Base Directory Specification 0.8; Apple's File System Programming Guide; `LOCALAPPDATA`).
 */
export function dataFolder({ env, home, platform }: Machine): string {
  if (env.INKWRIGHT_DATA_DIR) return env.INKWRIGHT_DATA_DIR;
  if (platform === "darwin") return join(home, "Library", "Application Support", "inkwright");
  if (platform === "win32") {
    return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "inkwright", "Data");
  }
  return join(env.XDG_DATA_HOME || join(home, ".local", "share"), "inkwright");
}

/**
 * The user's folder for what can be made again, such as quantised weights: `INKWRIGHT_CACHE_DIR`, or what the system
 * has for this.
 */
export function cacheFolder({ env, home, platform }: Machine): string {
  if (env.INKWRIGHT_CACHE_DIR) return env.INKWRIGHT_CACHE_DIR;
  if (platform === "darwin") return join(home, "Library", "Caches", "inkwright");
  if (platform === "win32") {
    return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "inkwright", "Cache");
  }
  return join(env.XDG_CACHE_HOME || join(home, ".cache"), "inkwright");
}

/** The folder of quantised weights in a {@link cacheFolder}. */
export function weightsFolder(cache: string): string {
  return join(cache, "weights");
}

/** The file in the {@link dataFolder} that remembers when models were used and how fast they wrote. */
export function usagePath(data: string): string {
  return join(data, "models-used.json");
}

/** Where Hugging Face's tools keep what they download (huggingface_hub, “Manage your cache”). */
export function hubCacheFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const set = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE;
  if (set) return set;
  return join(env.HF_HOME || join(env.XDG_CACHE_HOME || join(home, ".cache"), "huggingface"), "hub");
}
