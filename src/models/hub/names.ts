/** GPT-2 as published, and DistilGPT-2: the short names that everyone uses, and where they are on the Hugging Face hub. */
export const OFFICIAL: readonly { readonly name: string; readonly repo: string }[] = [
  { name: "distilgpt2", repo: "distilbert/distilgpt2" },
  { name: "gpt2", repo: "openai-community/gpt2" },
  { name: "gpt2-medium", repo: "openai-community/gpt2-medium" },
  { name: "gpt2-large", repo: "openai-community/gpt2-large" },
  { name: "gpt2-xl", repo: "openai-community/gpt2-xl" },
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
