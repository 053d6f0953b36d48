import { hubCacheFolder } from "../installation.ts";
import { type Pulled, pullModel } from "../models/hub/pull.ts";
import { modelReadme, statedLimits } from "../models/readme.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { notice, progress, table, writeJson, writeOut } from "./output.ts";

/** The flags of `models pull`. */
export interface PullFlags {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/**
 * `models pull`: fetches a GPT-2 from the Hugging Face hub. After an interruption or any failure the same command goes
 * on where it broke off. Rejects as {@link pullModel} does.
 */
export async function pull(context: CommandContext, name: string, flags: PullFlags): Promise<ExitCode> {
  const line = progress(context);
  const pulled = await pullModel(name, {
    env: context.env,
    home: context.home,
    cache: hubCacheFolder(context.env, context.home),
    signal: context.interrupted,
    tell: (text) => line.show(`${name}: ${text}`),
    dryRun: flags.dryRun ?? false,
  })
    .catch((error: unknown) => {
      line.clear();
      if (context.interrupted.aborted) {
        notice(context, `what came of ${name} is kept; the same command goes on from there.`);
      }
      throw error;
    })
    .finally(() => line.clear());
  if (flags.json) {
    await writeJson(context, pulledJson(pulled));
    return 0;
  }
  if (flags.dryRun) {
    await writeOut(context, listing(pulled));
    return 0;
  }
  const came = pulled.bytes > 0 ? `${(pulled.bytes / 1e6).toFixed(1)} MB came` : "all of it was here already";
  notice(
    context,
    `${pulled.name} is here (${came}). To open it from now on: inkwright models use ${pulled.name}`,
  );
  const card = await modelReadme(pulled.folder);
  const limits = card === null ? null : statedLimits(card, 600);
  if (limits !== null) notice(context, `What its makers say of its limits:\n\n${limits}\n`);
  return 0;
}

function pulledJson({ name, repo, revision, commit, folder, files, bytes, free }: Pulled): object {
  return {
    name,
    repo,
    revision,
    commit,
    folder,
    files: files.map(({ path, size, hash, status }) => ({ path, size_bytes: size, hash, status })),
    downloaded_bytes: files.some(({ status }) => status === "to fetch") ? 0 : bytes,
    to_fetch_bytes: files.some(({ status }) => status === "to fetch") ? bytes : 0,
    free_bytes: Number.isFinite(free) ? free : null,
  };
}

function listing({ files, bytes, free, enough, folder, commit }: Pulled): string {
  const rows = table(files, [
    { title: "FILE", value: ({ path }) => path },
    { title: "BYTES", value: ({ size }) => size.toLocaleString("en-GB"), align: "right" },
    { title: "", value: ({ status }) => status },
  ]);
  const gap = enough ? "" : ", too little";
  const room = Number.isFinite(free) ? `; ${(free / 1e6).toFixed(0)} MB are free${gap}` : "";
  return `${rows}\ncommit ${commit}\n${(bytes / 1e6).toFixed(1)} MB would come to ${folder}${room}\n`;
}
