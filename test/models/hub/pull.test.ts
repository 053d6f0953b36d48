import { createHash } from "node:crypto";
import { once as onceOf } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkFiles } from "../../../src/models/check/checks.ts";
import { cachedModels } from "../../../src/models/hub/cache.ts";
import { type PullOptions, pullModel } from "../../../src/models/hub/pull.ts";
import { cacheModel } from "../hub-shelf.ts";
import { COMMIT_OF_IMITATION, type Faults, type Imitation, serveHub } from "./imitation.ts";

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/checkpoints/${name}`, import.meta.url));
const PLAIN = fixture("plain");
const WEIGHTS = "model.safetensors";

let home: string;
let hub: Imitation;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "inkwright-pull-"));
  hub = await serveHub({
    "openai-community/gpt2": PLAIN,
    "ann/tales": PLAIN,
    "ann/shards": fixture("sharded"),
    "ann/half": fixture("prefixed-f16"),
    "ann/odd": fixture("odd-bf16"),
  });
});
afterEach(async () => {
  await hub.close();
  rmSync(home, { recursive: true, force: true });
});

const cache = () => join(home, ".cache", "huggingface", "hub");
const slept: number[] = [];

function pull(name: string, faults: Faults = {}, options: Partial<PullOptions> = {}) {
  hub.faults = faults;
  slept.length = 0;
  return pullModel(name, {
    env: { HF_ENDPOINT: hub.url },
    home,
    cache: cache(),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(ms);
    },
    stallMs: 200,
    ...options,
  });
}

/** Everything below the cache, with what each file holds. */
function snapshot(): Readonly<Record<string, string>> {
  if (!existsSync(cache())) return {};
  const files = readdirSync(cache(), { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => [
        join(entry.parentPath, entry.name),
        readFileSync(join(entry.parentPath, entry.name), "hex"),
      ]),
  );
}

async function expectWhole(name: string, from = PLAIN): Promise<void> {
  const [model] = (await cachedModels(cache())).filter((one) => one.name === name);
  if (!model) throw new Error(`${name} is not there`);
  const { checks } = await checkFiles(model.folder);
  expect(checks.filter(({ passed }) => passed !== true)).toEqual([]);
  for (const file of readdirSync(model.folder)) {
    expect(readFileSync(join(model.folder, file)).equals(readFileSync(join(from, file)))).toBe(true);
  }
  expect(readdirSync(join(model.storage, "blobs")).filter((file) => file.includes("incomplete"))).toEqual([]);
  expect(existsSync(join(model.storage, ".pulling"))).toBe(false);
}

describe("fetching a model", () => {
  it.each([
    ["gpt2", "gpt2", "plain"],
    ["ann/tales", "ann/tales", "plain"],
    ["ann/shards", "ann/shards", "sharded"],
    ["ann/half@v2", "ann/half@v2", "prefixed-f16"],
    [`ann/odd@${COMMIT_OF_IMITATION}`, `ann/odd@${COMMIT_OF_IMITATION}`, "odd-bf16"],
  ])("puts %s into Hugging Face's cache", async (name, called, from) => {
    const told: string[] = [];
    const pulled = await pull(name, { elsewhere: true }, { tell: (text) => told.push(text) });
    expect(pulled).toMatchObject({ name: called, commit: COMMIT_OF_IMITATION });
    expect(pulled.files.every(({ status }) => status === "fetched")).toBe(true);
    await expectWhole(called, fixture(from));
    expect(told.at(-1)).toMatch(/^100 % of [\d.]+ MB · [\d.]+ MB\/s · 0 s left$/u);
  });

  it("takes nothing twice: not what is here, nor what another tool fetched", async () => {
    cacheModel(cache(), "ann/tales", PLAIN, { commit: COMMIT_OF_IMITATION });
    const pulled = await pull("ann/tales");
    expect(pulled.bytes).toBe(0);
    expect(hub.requests.filter(({ path }) => path.includes("/resolve/"))).toEqual([]);
    await expectWhole("ann/tales");
  });

  it("shows what would come and writes nothing", async () => {
    const pulled = await pull("gpt2", {}, { dryRun: true });
    expect(pulled.files.map(({ path }) => path)).toContain(WEIGHTS);
    expect(pulled.files.every(({ status }) => status === "to fetch")).toBe(true);
    expect(pulled.bytes).toBe(pulled.files.reduce((sum, { size }) => sum + size, 0));
    expect(snapshot()).toEqual({});
  });

  it("fetches what a writer needs and leaves the rest", async () => {
    const repo = join(home, "repo");
    mkdirSync(repo);
    for (const name of readdirSync(PLAIN)) writeFileSync(join(repo, name), readFileSync(join(PLAIN, name)));
    for (const name of ["pytorch_model.bin", "tf_model.h5", "evil.py", "model.onnx"])
      writeFileSync(join(repo, name), "x");
    await hub.close();
    hub = await serveHub({ "ann/tales": repo });
    const { files } = await pull("ann/tales");
    const names = files.map(({ path }) => path);
    expect(names).toContain(WEIGHTS);
    for (const name of ["pytorch_model.bin", "tf_model.h5", "evil.py", "model.onnx"])
      expect(names).not.toContain(name);
  });

  it("follows no name but those that it knows", async () => {
    const tricks = [
      "../../../evil",
      "/etc/passwd",
      "..\\evil",
      "con",
      "a\0b",
      "model-00001-of-00002.safetensors/../x",
    ];
    const before = readdirSync(home);
    const { files } = await pull("ann/tales", {
      listing: (listing) => ({
        ...listing,
        siblings: [
          ...listing.siblings,
          ...tricks.map((rfilename) => ({ rfilename, size: 3, blobId: "a".repeat(40) })),
        ],
      }),
    });
    for (const { path } of files) expect(path).toMatch(/^[\w.-]+$/u);
    expect(hub.requests.every(({ path }) => !tricks.some((trick) => path.endsWith(`/${trick}`)))).toBe(true);
    expect(readdirSync(home).filter((name) => !before.includes(name))).toEqual([".cache"]);
    await expectWhole("ann/tales");
  });

  it("sends the token to the hub alone, from the environment or from the file of other tools", async () => {
    await pull(
      "gpt2",
      { token: "secret", elsewhere: true },
      { env: { HF_ENDPOINT: hub.url, HF_TOKEN: "secret" } },
    );
    expect(hub.requests.some(({ host }) => host === "storage")).toBe(true);
    for (const { host, token } of hub.requests) expect(token).toBe(host === "hub" ? "secret" : null);
    mkdirSync(join(home, ".cache", "huggingface"), { recursive: true });
    writeFileSync(join(home, ".cache", "huggingface", "token"), "kept\n");
    await pull("ann/tales", { token: "kept" });
    await expectWhole("ann/tales");
  });
});

describe("a proxy", () => {
  it("carries all requests, but for the hosts that NO_PROXY names", async () => {
    const carried: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (asked, client) => {
      carried.push(asked.url ?? "");
      const [host, port] = (asked.url ?? "").split(":");
      const there = connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        there.pipe(client).pipe(there);
      });
      for (const end of [there, client]) end.on("error", () => there.destroy());
    });
    proxy.listen(0, "127.0.0.1");
    await onceOf(proxy, "listening");
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const env = { HF_ENDPOINT: hub.url, http_proxy: address, https_proxy: address };
    await pull("ann/tales", {}, { env });
    await expectWhole("ann/tales");
    expect(new Set(carried)).toEqual(new Set([new URL(hub.url).host]));
    carried.length = 0;
    await pull("ann/shards", {}, { env: { ...env, NO_PROXY: "127.0.0.1" } });
    expect(carried).toEqual([]);
    proxy.closeAllConnections();
    proxy.close();
  });
});

describe("a fetch that is disturbed", () => {
  it("goes on after a hundred cuts at any byte, to the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 25_000 }), { minLength: 100, maxLength: 100 }),
        async (cuts) => {
          rmSync(cache(), { recursive: true, force: true });
          const left = [...cuts];
          const cutAfter = (name: string) => (name === WEIGHTS ? (left.shift() ?? null) : null);
          // After six cuts in a row that bring nothing it is given up, and the same command goes on.
          for (let runs = 0, done = false; !done && runs < 20; runs++) {
            done = await pull("ann/tales", { cutAfter }).then(
              () => true,
              (error: unknown) => {
                expect(String(error)).toContain("cannot be reached");
                return false;
              },
            );
          }
          expect(left).toEqual([]);
          await expectWhole("ann/tales");
        },
      ),
      { numRuns: 2, endOnFailure: true },
    );
  });

  it("goes on where an earlier run was stopped", async () => {
    const stop = new AbortController();
    const half = readFileSync(join(PLAIN, WEIGHTS)).length >> 1;
    const blobs = join(cache(), "models--ann--tales", "blobs");
    const hasCome = () =>
      existsSync(blobs) &&
      readdirSync(blobs).some(
        (name) => name.endsWith(".incomplete") && statSync(join(blobs, name)).size === half,
      );
    const stopped = pull(
      "ann/tales",
      { stallAfter: (name) => (name === WEIGHTS ? half : null) },
      { signal: stop.signal, stallMs: 60_000 },
    );
    const outcome = expect(stopped).rejects.toThrow("enough");
    await vi.waitFor(() => expect(hasCome()).toBe(true), 20_000);
    stop.abort(new Error("enough"));
    await outcome;
    expect(await cachedModels(cache())).toEqual([]);
    hub.requests.length = 0;
    await pull("ann/tales");
    expect(hub.requests.find(({ path }) => path.endsWith(WEIGHTS))?.from).toBe(half);
    await expectWhole("ann/tales");
  });

  it.each<[string, Faults]>([
    ["a server that knows no ranges", { cutAfter: once(9000), ignoresRanges: true }],
    ["another part than was asked for", { cutAfter: once(9000), wrongRange: true }],
    ["a stall", { stallAfter: once(9000) }],
    [
      "errors of the server",
      {
        status: (path, count) => (path.endsWith(WEIGHTS) && count < 4 ? [500, 502, 503, 504][count]! : null),
      },
    ],
    [
      "too many requests",
      {
        status: (path, count) => (path.endsWith(WEIGHTS) && count === 0 ? 429 : null),
        headers: { "retry-after": "7" },
      },
    ],
    ["wrong bytes, once", { bytes: onceWrong() }],
  ])("outlasts %s", async (what, faults) => {
    const told: string[] = [];
    await pull("ann/tales", faults, { tell: (text) => told.push(text) });
    await expectWhole("ann/tales");
    if (slept.length > 0) expect(told.join("\n")).toMatch(/Again in \d+ s/u);
    if (what === "too many requests") expect(slept).toEqual([7000]);
  });

  it("keeps a model that is here when a newer one does not come", async () => {
    await pull("ann/tales");
    const before = snapshot();
    const newer = (listing: {
      sha: string;
      siblings: { rfilename: string; lfs?: { sha256: string } }[];
    }) => ({
      ...listing,
      sha: "d".repeat(40),
      siblings: listing.siblings.map((one) =>
        one.lfs ? { ...one, lfs: { ...one.lfs, sha256: "e".repeat(64) } } : one,
      ),
    });
    await expect(pull("ann/tales", { listing: newer })).rejects.toThrow(/arrived twice with another hash/u);
    const after = snapshot();
    for (const [path, bytes] of Object.entries(before)) expect(after[path]).toBe(bytes);
    await expectWhole("ann/tales");
    expect((await cachedModels(cache())).map(({ commit }) => commit)).toEqual([COMMIT_OF_IMITATION]);
  });
});

const gone = (status: number): Faults => ({ status: (path) => (path.includes("/api/") ? status : null) });

describe("a fetch that cannot be", () => {
  it.each<[string, string, Faults, RegExp]>([
    ["an unknown model", "ann/nobody", {}, /has no ann\/nobody/u],
    ["a gated model", "ann/tales", gone(403), /does not give out ann\/tales \(403\)/u],
    ["a private model", "ann/tales", gone(401), /\(401\)/u],
    ["too many requests", "ann/tales", gone(429), /too many requests/u],
    ["a broken hub", "ann/tales", gone(500), /answers with 500/u],
    [
      "a hub that never sends a file",
      "ann/tales",
      { status: (path) => (path.endsWith(WEIGHTS) ? 503 : null) },
      /answers with 503/u,
    ],
    [
      "a file that is gone",
      "ann/tales",
      { status: (path) => (path.endsWith(WEIGHTS) ? 404 : null) },
      /has no model\.safetensors/u,
    ],
    [
      "a hub that always cuts at once",
      "ann/tales",
      { cutAfter: (name) => (name === WEIGHTS ? 0 : null) },
      /cannot be reached/u,
    ],
    [
      "wrong bytes",
      "ann/tales",
      { bytes: (name, bytes) => (name === WEIGHTS ? Buffer.alloc(bytes.length) : bytes) },
      /another hash/u,
    ],
    [
      "too many bytes",
      "ann/tales",
      { bytes: (name, bytes) => (name === WEIGHTS ? Buffer.concat([bytes, bytes]) : bytes) },
      /longer than the hub says/u,
    ],
    ["circles", "ann/tales", { circles: true }, /without an end/u],
    ["no list", "ann/tales", { listing: () => "hello" }, /no list of files/u],
    [
      "a commit that is none",
      "ann/tales",
      { listing: (one) => ({ ...one, sha: "../../etc" }) },
      /no list of files/u,
    ],
    [
      "hashes that are none",
      "ann/tales",
      { listing: broken({ blobId: "../../x", lfs: undefined }) },
      /does not say how large/u,
    ],
    [
      "sizes that are none",
      "ann/tales",
      { listing: broken({ size: -1, lfs: undefined }) },
      /no list of files/u,
    ],
    ["a huge configuration", "ann/tales", { listing: broken({ size: 2e9, lfs: undefined }) }, /cannot be/u],
    ["a name with a path", "ann/../tales", {}, /not the name of a model/u],
    ["a revision with a path", "ann/tales@../x", {}, /not the name of a model/u],
  ])("says so: %s", async (_, name, faults, message) => {
    await expect(pull(name, faults)).rejects.toThrow(message);
    expect(await cachedModels(cache())).toEqual([]);
    const refs = Object.keys(snapshot()).filter((path) => path.includes("refs"));
    expect(refs).toEqual([]);
  });

  it("refuses pickles, and what is no GPT-2 before its weights come", async () => {
    const names = (keep: (name: string) => boolean) => (listing: { siblings: { rfilename: string }[] }) => ({
      ...listing,
      siblings: [
        ...listing.siblings.filter(({ rfilename }) => keep(rfilename)),
        { rfilename: "pytorch_model.bin", size: 9, blobId: "a".repeat(40) },
      ],
    });
    await expect(pull("ann/tales", { listing: names((name) => name !== WEIGHTS) })).rejects.toThrow(
      /pickle/u,
    );
    const llama = join(home, "llama");
    mkdirSync(llama);
    for (const name of readdirSync(PLAIN)) writeFileSync(join(llama, name), readFileSync(join(PLAIN, name)));
    writeFileSync(join(llama, "config.json"), '{"model_type": "llama"}');
    await hub.close();
    hub = await serveHub({ "ann/llama": llama });
    await expect(pull("ann/llama")).rejects.toThrow(/llama/u);
    expect(hub.requests.some(({ path }) => path.endsWith(WEIGHTS))).toBe(false);
  });

  it.each<[string, string, (folder: string) => void, RegExp, number]>([
    [
      "a file of weights that the hub does not have",
      "sharded",
      (folder) => rmSync(join(folder, "model-00002-of-00003.safetensors")),
      /incomplete: there is no model-00002-of-00003\.safetensors/u,
      0,
    ],
    [
      "an index that names files elsewhere",
      "sharded",
      (folder) => change(join(folder, "model.safetensors.index.json"), "model-00002-of", "../../evil-of"),
      /outside the model's folder/u,
      0,
    ],
    [
      "weights of another shape",
      "plain",
      (folder) => change(join(folder, "config.json"), /"n_layer": *\d+/u, '"n_layer": 9'),
      /came whole, but it cannot be opened\. .*is missing/u,
      1,
    ],
    [
      "a tokenizer that is none",
      "plain",
      (folder) => writeFileSync(join(folder, "tokenizer.json"), "{}"),
      /came whole, but it cannot be opened/u,
      1,
    ],
  ])("is no model: %s; the older commit stays in use", async (_, name, spoil, message, weights) => {
    const folder = join(home, "repo");
    cpSync(fixture(name), folder, { recursive: true });
    await hub.close();
    hub = await serveHub({ "ann/new": folder });
    await pull("ann/new");
    const [before] = await cachedModels(cache());
    spoil(folder);
    hub.requests.length = 0;
    const commit = "bad".padEnd(40, "0");
    await expect(pull("ann/new", { listing: (one) => ({ ...one, sha: commit }) })).rejects.toThrow(message);
    expect(await cachedModels(cache())).toEqual([before]);
    expect(before?.folder).not.toContain(commit);
    const asked = hub.requests.filter(({ path }) => path.endsWith(".safetensors"));
    expect(asked.length).toBeLessThanOrEqual(weights);
  });

  it("looks first whether there is room", async () => {
    await expect(pull("gpt2", {}, { freeSpace: async () => 1000 })).rejects.toThrow(/are free/u);
    expect(snapshot()).toEqual({});
    const few = { dryRun: true, freeSpace: async () => 1000 };
    expect((await pull("gpt2", {}, few)).enough).toBe(false);
    expect((await pull("gpt2", {}, { ...few, freeSpace: async () => 1e12 })).enough).toBe(true);
  });

  it.runIf(existsSync("/dev/full"))(
    "says that the disk is full, and goes on when there is room",
    async () => {
      const sha256 = createHash("sha256")
        .update(readFileSync(join(PLAIN, WEIGHTS)))
        .digest("hex");
      const blobs = join(cache(), "models--ann--tales", "blobs");
      mkdirSync(blobs, { recursive: true });
      const partial = join(blobs, `${sha256}.incomplete`);
      symlinkSync("/dev/full", partial);
      await expect(pull("ann/tales")).rejects.toMatchObject({
        message: expect.stringMatching(/disk .* is full/u),
      });
      expect(await cachedModels(cache())).toEqual([]);
      rmSync(partial);
      await pull("ann/tales");
      await expectWhole("ann/tales");
    },
  );

  it("is alone: another process that fetches the same is told of, one that died is not waited for", async () => {
    const storage = join(cache(), "models--ann--tales");
    mkdirSync(storage, { recursive: true });
    writeFileSync(join(storage, ".pulling"), String(process.ppid));
    await expect(pull("ann/tales")).rejects.toThrow(/another process/u);
    writeFileSync(join(storage, ".pulling"), "999999999");
    await pull("ann/tales");
    await expectWhole("ann/tales");
  });

  it("needs a hub that can be reached, and is allowed", async () => {
    await expect(pull("gpt2", {}, { env: { HF_ENDPOINT: "http://127.0.0.1:1" } })).rejects.toThrow(
      /cannot be reached/u,
    );
    await expect(pull("gpt2", {}, { env: { HF_ENDPOINT: "hub" } })).rejects.toThrow(/no address/u);
    const secret = pull("gpt2", {}, { env: { HF_ENDPOINT: "http://me:hunter2@127.0.0.1:1" } });
    await expect(secret).rejects.toThrow(/holds a user name or a password/u);
    await expect(secret).rejects.not.toThrow(/hunter2/u);
    await expect(pull("gpt2", {}, { env: { HF_HUB_OFFLINE: "1" } })).rejects.toThrow(/HF_HUB_OFFLINE/u);
  });
});

/** Puts something else into a text file. */
function change(path: string, what: string | RegExp, other: string): void {
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(new RegExp(what, "gu"), other));
}

/** Cuts or stalls the first answer with the weights. */
function once(at: number): (name: string) => number | null {
  let first = true;
  return (name) => {
    if (name !== WEIGHTS || !first) return null;
    first = false;
    return at;
  };
}

function onceWrong(): NonNullable<Faults["bytes"]> {
  let first = true;
  return (name, bytes) => {
    if (name !== WEIGHTS || !first) return bytes;
    first = false;
    return Buffer.alloc(bytes.length);
  };
}

function broken(change: object): NonNullable<Faults["listing"]> {
  return (listing) => ({
    ...listing,
    siblings: listing.siblings.map((one) => (one.rfilename === "config.json" ? { ...one, ...change } : one)),
  });
}
