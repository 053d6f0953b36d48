import * as z from "zod";
import { MAIN, OFFICIAL } from "../../engine/gpt2/names.ts";
import { UserError } from "../../errors.ts";
import { type Hub, refused, request, unreachable } from "./http.ts";

/** What is to be fetched. */
export interface Wanted {
  /** `OWNER/REPO`. */
  readonly repo: string;
  readonly revision: string;
}

/** A file of a repository. */
export interface HubFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Names it in the cache, and is its hash: SHA-256 of a large file, git's SHA-1 of any other. */
  readonly hash: string;
}

/** A repository at one commit. */
export interface Listing {
  readonly repo: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** Those that a GPT-2 needs, the configuration first and the weights last. */
  readonly files: readonly HubFile[];
}

/** Bytes of a listing, and of a file that is no weights, at most. */
const LISTING_BYTES = 10e6;
const SMALL_BYTES = 100e6;

/** What the names of owners, repositories and revisions consist of. */
const PART = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_-])?";
const NAME = new RegExp(`^(${PART})/(${PART})(?:@([A-Za-z0-9][A-Za-z0-9._-]{0,199}))?$`, "u");

/** What a name means: an official model, or `OWNER/REPO[@REVISION]`. Throws a UserError for anything else. */
export function parseWanted(name: string): Wanted {
  const [short = "", at] = name.split("@");
  const official = OFFICIAL.find((one) => one.name === short);
  const [, owner, repo, revision = MAIN] =
    NAME.exec(official ? `${official.repo}${at === undefined ? "" : `@${at}`}` : name) ?? [];
  if (owner === undefined || repo === undefined || `${owner}${repo}${revision}`.includes("..")) {
    throw new UserError(`"${name}" is not the name of a model on the hub.`, {
      hint: `Give one of ${OFFICIAL.map((one) => one.name).join(", ")}, or OWNER/REPO, or OWNER/REPO@REVISION.`,
      exitCode: 2,
    });
  }
  return { repo: `${owner}/${repo}`, revision };
}

const answer = z.object({
  id: z.string().optional(),
  sha: z.string().regex(/^[0-9a-f]{40}$/u),
  siblings: z
    .array(
      z.object({
        rfilename: z.string().min(1).max(1000),
        size: z
          .number()
          .int()
          .nonnegative()
          .max(2 ** 45)
          .nullish(),
        blobId: z.string().nullish(),
        lfs: z.object({ sha256: z.string().nullish(), size: z.number().nullish() }).nullish(),
      }),
    )
    .max(20_000),
});

/** Asks the hub what a repository holds. Throws a UserError as {@link parseListing} does, and for a hub that does not answer. */
export async function fetchListing(hub: Hub, wanted: Wanted, signal?: AbortSignal): Promise<Listing> {
  const { repo, revision } = wanted;
  const address = `${hub.endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
  let text: string;
  try {
    const response = await request(hub, address, signal ? { signal } : {});
    if (response.status !== 200) {
      await response.body?.cancel();
      throw refused(hub, repo, response.status, revision === MAIN ? {} : { revision });
    }
    text = await boundedText(response, LISTING_BYTES);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof UserError ? error : unreachable(hub, error);
  }
  return parseListing(text, wanted);
}

async function boundedText(response: Response, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > most) throw new UserError("The hub's list of files has no end.", { hint: AGAIN });
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

const AGAIN = "See whether HF_ENDPOINT is right; nothing was written.";

/**
 * The files of a repository that a GPT-2 needs, from what the hub says of it. Throws a UserError for an answer that is
 * none, for weights in a format that is not taken, and for names and sizes that cannot be.
 */
export function parseListing(text: string, { repo }: Wanted): Listing {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UserError("The hub's answer is no list of files.", { hint: AGAIN, cause });
  }
  const { data, error } = answer.safeParse(json);
  if (!data) {
    const [issue] = error.issues;
    throw new UserError(
      `The hub's answer is no list of files (${[issue?.path.join("."), issue?.message].filter(Boolean).join(": ")}).`,
      { hint: AGAIN },
    );
  }
  const names = data.siblings.map(({ rfilename }) => rfilename);
  const needed = neededNames(names, repo);
  const files = needed.map((path): HubFile => {
    const found = data.siblings.filter(({ rfilename }) => rfilename === path);
    const [file] = found;
    const hash = file?.lfs?.sha256 ?? file?.blobId ?? "";
    const size = file?.lfs?.size ?? file?.size;
    if (
      found.length !== 1 ||
      !/^([0-9a-f]{64}|[0-9a-f]{40})$/u.test(hash) ||
      size === undefined ||
      size === null
    ) {
      throw new UserError(`The hub does not say how large ${path} of ${repo} is and what its hash is.`, {
        hint: AGAIN,
      });
    }
    if (!Number.isSafeInteger(size) || (!path.endsWith(".safetensors") && size > SMALL_BYTES)) {
      throw new UserError(`${path} of ${repo} has ${size} bytes, which cannot be.`, { hint: AGAIN });
    }
    return { path, size, hash };
  });
  return { repo, commit: data.sha, files };
}

/** Files that are taken where they are there. */
const EXTRAS = [
  "generation_config.json",
  "tokenizer_config.json",
  "README.md",
  "LICENSE",
  "LICENSE.md",
  "LICENSE.txt",
];

/** Shards are named so by every tool that writes them; other names are not followed. */
const SHARD = /^model-\d{5}-of-\d{5}\.safetensors$/u;

function neededNames(names: readonly string[], repo: string): readonly string[] {
  const there = new Set(names);
  const missing = (what: string, hint: string): UserError => new UserError(`${repo} ${what}.`, { hint });
  const other =
    "Inkwright runs GPT-2s in Hugging Face's layout: config.json, model.safetensors, tokenizer.json.";
  if (!there.has("config.json")) throw missing("has no config.json", other);
  const weights = there.has("model.safetensors")
    ? ["model.safetensors"]
    : there.has("model.safetensors.index.json")
      ? ["model.safetensors.index.json", ...names.filter((name) => SHARD.test(name)).sort()]
      : [];
  if (weights.length === 0) {
    if (names.some((name) => /^pytorch_model.*\.(bin|json)$/u.test(name))) {
      throw missing(
        "has its weights in PyTorch's pickle format only, which is refused: such a file can run any program",
        "Ask its owner for a model.safetensors, or convert it with Hugging Face's tools and bring it in: inkwright models import DIR",
      );
    }
    const gguf = names.find((name) => name.endsWith(".gguf"));
    if (gguf)
      throw missing(
        "has no model.safetensors",
        `Download ${gguf} and bring it in: inkwright models import FILE.gguf`,
      );
    throw missing("has no model.safetensors", other);
  }
  const tokenizer = there.has("tokenizer.json")
    ? ["tokenizer.json"]
    : there.has("vocab.json") && there.has("merges.txt")
      ? ["vocab.json", "merges.txt"]
      : [];
  if (tokenizer.length === 0) throw missing("has no tokenizer.json, nor vocab.json and merges.txt", other);
  return ["config.json", ...EXTRAS.filter((name) => there.has(name)), ...tokenizer, ...weights];
}
