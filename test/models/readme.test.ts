import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openCheckpoint } from "../../src/engine/gpt2/checkpoint.ts";
import { fingerprint } from "../../src/engine/gpt2/fingerprint.ts";
import { modelReadme, modelReadmes } from "../../src/models/readme.ts";

const FABLE = fileURLToPath(new URL("../../models/fable", import.meta.url));
let own: string;
beforeAll(async () => {
  own = await mkdtemp(join(tmpdir(), "inkwright-cards-"));
  await cp(FABLE, join(own, "tale"), { recursive: true });
});
afterAll(() => rm(own, { recursive: true }));

it("reads a model's card without the fields at its head, shortened where it is endless", async () => {
  const folder = join(own, "tale");
  await writeFile(join(folder, "README.md"), "---\nlicense: mit\n---\n\n# Tale\n\nIt writes tales.\n");
  expect(await modelReadme(folder)).toBe("# Tale\n\nIt writes tales.");
  await writeFile(join(folder, "README.md"), "x".repeat(100_000));
  expect((await modelReadme(folder))?.length).toBeLessThan(20_002);
  await writeFile(join(folder, "README.md"), "---\nlicense: mit\n---\n");
  expect(await modelReadme(folder)).toBeNull();
  expect(await modelReadme(join(own, "nowhere"))).toBeNull();
});

it("finds the cards of all models by what their files are, damaged ones left out", async () => {
  await writeFile(join(own, "tale", "README.md"), "A tale.");
  const broken = join(own, "broken");
  await cp(join(own, "tale"), broken, { recursive: true });
  await writeFile(join(broken, "config.json"), "{");
  const cards = await modelReadmes({ inBox: join(own, "none"), own, hub: join(own, "none") });
  expect([...cards]).toEqual([[await fingerprint(await openCheckpoint(join(own, "tale"))), "A tale."]]);
});
