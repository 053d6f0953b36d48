import type { Duplex } from "node:stream";
import { errorCode } from "../errors.ts";
import { ApiError } from "./api-error.ts";
import { rawError } from "./json-answer.ts";

/**
 * Ends a connection on which no request could be read: no HTTP, too large a head, or too slow. It is told why, unless an
 * answer is being written to it (`isAnswered`), in which another one would be taken for a part of that.
 */
export function refuseUnreadable(error: Error, socket: Duplex, isAnswered: boolean): void {
  if (!socket.writable || isAnswered) {
    socket.destroy();
    return;
  }
  switch (errorCode(error)) {
    case "HPE_HEADER_OVERFLOW":
      socket.end(rawError(new ApiError(431, "The head of the request is too large."), "Headers Too Large"));
      break;
    case "ERR_HTTP_REQUEST_TIMEOUT":
      socket.end(rawError(new ApiError(408, "The request took too long to arrive."), "Request Timeout"));
      break;
    default:
      socket.end(rawError(new ApiError(400, "This is no HTTP request."), "Bad Request"));
  }
}
