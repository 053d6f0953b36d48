import type { ServerResponse } from "node:http";
import { type ApiError, errorBody } from "./api-error.ts";

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": bytes.length,
    ...headers,
  });
  response.end(bytes);
}

/** Answers with an error; where the answer has begun as a stream, the error is its last event. */
export function sendError(response: ServerResponse, error: ApiError): void {
  if (response.writableEnded || response.destroyed || response.socket?.writable === false) return;
  if (response.headersSent) response.end(`data: ${JSON.stringify(errorBody(error))}\n\n`);
  else sendJson(response, error.status, errorBody(error), error.headers);
}

/** An error as it is written to a connection on which no request could be read. */
export function rawError(error: ApiError, reason: string): string {
  const body = `${JSON.stringify(errorBody(error))}\n`;
  return [
    `HTTP/1.1 ${error.status} ${reason}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
