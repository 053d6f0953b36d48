import type { Duplex } from "node:stream";
import { errorCode } from "../errors.ts";
import { ApiError } from "./api-error.ts";
import { rawError } from "./json-answer.ts";

/** How long a client has to read why its connection ends, in ms. */
const FAREWELL = 500;

/**
 * Ends a connection on which no request could be read: no HTTP, too large a head, or too slow. It is told why, unless an
 * answer has begun on it (`isAnswered`), in which another one would be taken for a part of that.
 */
export function refuseUnreadable(error: Error, socket: Duplex, isAnswered: boolean): void {
  if (!socket.writable || isAnswered) {
    socket.destroy();
    return;
  }
  const [refusal, reason] = refusalOf(error);
  // Were it destroyed with what it has not read, the client would hear nothing.
  socket.end(rawError(refusal, reason), () => setTimeout(() => socket.destroy(), FAREWELL).unref());
}

function refusalOf(error: Error): readonly [ApiError, string] {
  switch (errorCode(error)) {
    case "HPE_HEADER_OVERFLOW":
      return [new ApiError(431, "The head of the request is too large."), "Request Header Fields Too Large"];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [new ApiError(408, "The request took too long to arrive."), "Request Timeout"];
    default:
      return [new ApiError(400, "This is no HTTP request."), "Bad Request"];
  }
}
