import { basename } from "node:path";

/** A model as its makers published it. */
export interface OfficialModel {
  readonly name: string;
  /** `OWNER/REPO`. */
  readonly repo: string;
  readonly parameters: number;
  /** What comes when it is fetched, roughly. */
  readonly bytes: number;
}

/** GPT-2 as published, and DistilGPT-2: the short names that everyone uses, and where they are on the Hugging Face hub. */
export const OFFICIAL: readonly OfficialModel[] = [
  { name: "distilgpt2", repo: "distilbert/distilgpt2", parameters: 81_912_576, bytes: 353e6 },
  { name: "gpt2", repo: "openai-community/gpt2", parameters: 124_439_808, bytes: 548e6 },
  { name: "gpt2-medium", repo: "openai-community/gpt2-medium", parameters: 354_823_168, bytes: 1520e6 },
  { name: "gpt2-large", repo: "openai-community/gpt2-large", parameters: 774_030_080, bytes: 3247e6 },
  { name: "gpt2-xl", repo: "openai-community/gpt2-xl", parameters: 1_557_611_200, bytes: 6432e6 },
];

/** The revision that a repository's name alone means. */
export const MAIN = "main";

/** What a cached model is called: an official one by its short name, others `OWNER/REPO`, with a revision but `main`. */
export function hubName(repo: string, revision: string): string {
  // Before the hub had owners for these, they were kept under their short names.
  const official = OFFICIAL.find((one) => one.repo === repo || one.name === repo);
  const name = official?.name ?? repo;
  return revision === MAIN ? name : `${name}@${revision}`;
}

/**
 * What the model in a folder is called: by the folder's own name; a snapshot in Hugging Face's download cache, whose
 * folder is named by a commit, by its repository.
 */
export function modelName(folder: string): string {
  const repo = /[/\\]models--([^/\\]+)[/\\]snapshots[/\\][0-9a-f]{40}[/\\]?$/.exec(folder)?.[1];
  return repo === undefined ? basename(folder) : hubName(repo.replace("--", "/"), MAIN);
}
