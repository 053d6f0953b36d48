import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  createReadStream,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** What the imitation does wrong. Each is asked for every request of a file, with the number of the request before it. */
export interface Faults {
  /** Answers so instead, where it is a number. */
  readonly status?: (path: string, count: number) => number | null;
  /** Ends the connection after so many bytes of the body, where it is a number. */
  readonly cutAfter?: (path: string, size: number) => number | null;
  /** Sends nothing more after so many bytes, and keeps the connection. */
  readonly stallAfter?: (path: string, size: number) => number | null;
  /** Other bytes than those whose hash it names. */
  readonly bytes?: (path: string, bytes: Buffer) => Buffer;
  /** Sends all of a file, whatever part was asked for. */
  readonly ignoresRanges?: boolean;
  /** Answers with another part than was asked for. */
  readonly wrongRange?: boolean;
  /** The listing itself. */
  readonly listing?: (listing: Listing) => unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends large files on to another host, as the hub does. */
  readonly elsewhere?: boolean;
  /** Sends on in circles. */
  readonly circles?: boolean;
  /** A token without which nothing is given out. */
  readonly token?: string;
}

interface Listing {
  sha: string;
  siblings: { rfilename: string; size: number; blobId: string; lfs?: { sha256: string; size: number } }[];
}

/** A hub on loopback. */
export interface Imitation {
  readonly url: string;
  /** Paths that were asked for, with the first byte that was wanted and the token that was sent. */
  readonly requests: {
    readonly host: string;
    readonly path: string;
    readonly from: number;
    readonly token: string | null;
  }[];
  faults: Faults;
  close(): Promise<void>;
}

export const COMMIT_OF_IMITATION = "c0ffee".padEnd(40, "0");

/** Serves folders as repositories of a Hugging Face hub. `repos`: `OWNER/REPO` to the folder. */
export async function serveHub(
  repos: Readonly<Record<string, string>>,
  faults: Faults = {},
): Promise<Imitation> {
  const requests: Imitation["requests"] = [];
  const counts = new Map<string, number>();
  const servers: Server[] = [];
  const listen = async (host: string): Promise<string> => {
    const server = createServer((asked, answer) => void respond(host, asked, answer));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const url = await listen("hub");
  const storage = await listen("storage");
  const imitation: Imitation = {
    url,
    requests,
    faults,
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, "close");
      }
    },
  };

  function respond(host: string, asked: IncomingMessage, answer: ServerResponse): void {
    const { faults } = imitation;
    const path = decodeURIComponent(new URL(asked.url ?? "/", url).pathname);
    const token = asked.headers.authorization?.replace("Bearer ", "") ?? null;
    const from = Number(/^bytes=(\d+)-$/u.exec(asked.headers.range ?? "")?.[1] ?? 0);
    requests.push({ host, path, from, token });
    const count = counts.get(path) ?? 0;
    counts.set(path, count + 1);
    const end = (status: number, text = "") => answer.writeHead(status, faults.headers).end(text);
    const status = faults.status?.(path, count) ?? null;
    if (status !== null) return void end(status, "no");
    if (faults.token !== undefined && host === "hub" && token !== faults.token) return void end(401, "no");
    if (faults.circles) return void answer.writeHead(302, { location: `${path}x` }).end();
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/(.+)$/u.exec(path);
    if (api) {
      const folder = repos[api[1] ?? ""];
      if (!folder) return void end(404, "no");
      const listing = listingOf(folder);
      return void end(200, JSON.stringify(faults.listing?.(listing) ?? listing));
    }
    const [, repo = "", name = ""] = /^\/([^/]+\/[^/]+)\/resolve\/[0-9a-f]{40}\/(.+)$/u.exec(path) ?? [];
    const folder = repos[repo];
    if (!folder || !readdirSync(folder).includes(name)) return void end(404, "no");
    if (name.endsWith(".safetensors") && faults.elsewhere && host === "hub") {
      return void answer.writeHead(302, { location: `${storage}${asked.url}` }).end();
    }
    const file = join(folder, name);
    if (statSync(file).size > LARGE) sendLarge(file, from, answer);
    else send(name, readFileSync(file), from, answer);
  }

  function send(name: string, original: Buffer, from: number, answer: ServerResponse): void {
    const { faults } = imitation;
    const bytes = faults.bytes?.(name, original) ?? original;
    const partial = from > 0 && !faults.ignoresRanges;
    if (partial && from >= bytes.length) return void answer.writeHead(416).end();
    const start = partial ? from + (faults.wrongRange ? 1 : 0) : 0;
    const body = bytes.subarray(start);
    const range = partial ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {};
    answer.writeHead(partial ? 206 : 200, { "content-length": body.length, ...range, ...faults.headers });
    const cut = faults.cutAfter?.(name, body.length) ?? null;
    const stall = faults.stallAfter?.(name, body.length) ?? null;
    if (cut !== null && cut < body.length) {
      answer.write(body.subarray(0, cut), () => answer.destroy());
    } else if (stall !== null && stall < body.length) {
      answer.write(body.subarray(0, stall));
    } else answer.end(body);
  }
  return imitation;
}

/** Bytes from which on a file is not held in memory; it knows no faults then. */
const LARGE = 1e8;

function sendLarge(path: string, from: number, answer: ServerResponse): void {
  const { size } = statSync(path);
  const range = from > 0 ? { "content-range": `bytes ${from}-${size - 1}/${size}` } : {};
  answer.writeHead(from > 0 ? 206 : 200, { "content-length": size - from, ...range });
  createReadStream(path, { start: from }).pipe(answer);
}

/** The hash of a file of any size. */
function hashFile(kind: "sha1" | "sha256", path: string, head = ""): string {
  const hash = createHash(kind).update(head);
  const piece = Buffer.alloc(2 ** 20);
  const file = openSync(path, "r");
  for (let read = readSync(file, piece); read > 0; read = readSync(file, piece))
    hash.update(piece.subarray(0, read));
  closeSync(file);
  return hash.digest("hex");
}

function listingOf(folder: string): Listing {
  const siblings = readdirSync(folder).map((rfilename) => {
    const path = join(folder, rfilename);
    const { size } = statSync(path);
    const isLarge = rfilename.endsWith(".safetensors");
    // Nobody asks for git's hash of a large file.
    const blobId = isLarge ? "0".repeat(40) : hashFile("sha1", path, `blob ${size}\0`);
    return {
      rfilename,
      size,
      blobId,
      ...(isLarge ? { lfs: { sha256: hashFile("sha256", path), size } } : {}),
    };
  });
  return { sha: COMMIT_OF_IMITATION, siblings };
}
