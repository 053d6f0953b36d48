import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.ts";

/**
 * The JSON that a request brings, of at most `limit` bytes. What is beyond is read and thrown away, so that the client
 * can hear the refusal. Rejects with an {@link ApiError} for another type of content (which a page of a browser could
 * send without asking first), too much of it, or no JSON.
 */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiError(415, "The Content-Type must be application/json.", { code: "unsupported_media_type" });
  }
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new ApiError(415, "The body must not be compressed.", { code: "unsupported_media_type" });
  }
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  const bytes = await readBytes(request, limit);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ApiError(400, "We could not parse the JSON body of your request.", {
      code: "invalid_json",
      cause,
    });
  }
}

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(tooLarge(limit));
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    const breakOff = (cause?: Error): void => {
      reject(new ApiError(400, "The request ended before its body did.", { cause }));
    };
    request.on("error", breakOff);
    request.on("close", breakOff);
  });
}

function tooLarge(limit: number): ApiError {
  return new ApiError(413, `The body must have at most ${limit} bytes.`, { code: "request_too_large" });
}
