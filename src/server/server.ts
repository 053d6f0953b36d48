import { createServer, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { errorCode, errorMessage, UserError } from "../errors.ts";
import { type Access, isLoopback } from "./access.ts";
import { refuseUnreadable } from "./bad-requests.ts";
import { createFairQueue } from "./fair-queue.ts";
import { createHandler, type HandlerOptions } from "./handler.ts";
import type { ServedModel } from "./served-model.ts";

/** How much time a client has, in milliseconds. */
export interface Patience {
  /** To send the head of a request, and all of it. */
  readonly head: number;
  readonly request: number;
  /** To read on, where something waits to be read. */
  readonly reading: number;
}

/** How a server is run. */
export interface ServerOptions
  extends Omit<Access, "isLocal">,
    Pick<HandlerOptions, "now" | "newId" | "onAnswered" | "onMistake"> {
  /** An address or a name to listen at. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Requests that are worked on or wait, at most. */
  readonly room: number;
  readonly patience?: Patience;
}

/** A server that listens. */
export interface CompletionServer {
  /** Where clients find it, e.g. `http://127.0.0.1:8080/v1`. */
  readonly url: string;
  /** From now on requests are answered with this model. */
  offer(model: ServedModel): void;
  /** Ends all requests, and resolves when no connection is left: within half a second. */
  close(): Promise<void>;
}

const PATIENCE: Patience = { head: 10_000, request: 30_000, reading: 10_000 };

/** The largest body of a request, in bytes. */
const BODY_LIMIT = 1_000_000;

/** The largest head of a request, in bytes. */
const HEAD_LIMIT = 16_384;

/** Connections for each request that has room; 64 at least. */
const CONNECTIONS = 4;

/** How long answers may take to go out when the server closes, in ms. */
const FAREWELL = 300;

/**
 * Listens, and refuses requests until a model is offered. Rejects with a UserError where it cannot listen, and with a
 * TypeError for a host beyond this machine without a token.
 */
export async function startServer(options: ServerOptions): Promise<CompletionServer> {
  const { host, port, token, origins, room, patience = PATIENCE } = options;
  const isLocal = isLoopback(host);
  if (!isLocal && token === null) throw new TypeError(`a server at ${host} must have a token`);
  let offered: ServedModel | null = null;
  const handler = createHandler({
    ...options,
    access: { token, origins, isLocal },
    queue: createFairQueue(room),
    bodyLimit: BODY_LIMIT,
    patienceMs: patience.reading,
    model: () => offered,
  });
  const answers = new WeakMap<Duplex, ServerResponse>();
  const server = createServer(
    {
      headersTimeout: patience.head,
      requestTimeout: patience.request,
      connectionsCheckingInterval: Math.min(1000, patience.head / 2),
      keepAliveTimeout: Math.min(5000, patience.head),
      maxHeaderSize: HEAD_LIMIT,
    },
    (request, response) => {
      answers.set(request.socket, response);
      handler.handle(request, response);
    },
  );
  server.maxConnections = Math.max(64, CONNECTIONS * room);
  server.on("clientError", (error, socket) => {
    const answer = answers.get(socket);
    refuseUnreadable(error, socket, answer?.headersSent === true && !answer.writableFinished);
  });
  const listening = await listen(server, host, port);
  return {
    url: `http://${host.includes(":") ? `[${host.replace(/[[\]]/g, "")}]` : host}:${listening}/v1`,
    offer(model) {
      offered = model;
    },
    close() {
      return new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), FAREWELL);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        handler.end();
        server.closeIdleConnections();
      });
    },
  };
}

/** Resolves with the port when the server listens. */
function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, host, port)));
    server.listen(port, host.replace(/^\[(.*)\]$/, "$1"), () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function cannotListen(error: Error, host: string, port: number): UserError {
  const options = { cause: error };
  switch (errorCode(error)) {
    case "EADDRINUSE":
      return new UserError(`Port ${port} of ${host} is in use.`, {
        ...options,
        hint: "Choose another one with --port, or end the program that has it.",
      });
    case "EACCES":
      return new UserError(`Port ${port} of ${host} is not open to you.`, {
        ...options,
        hint: "Choose one from 1024 on with --port.",
      });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new UserError(`This machine has no address ${host}.`, {
        ...options,
        hint: "Choose another one with --host: 127.0.0.1 for this machine alone, 0.0.0.0 for all addresses.",
      });
    default:
      return new UserError(
        `The server cannot listen at ${host}, port ${port}: ${errorMessage(error)}`,
        options,
      );
  }
}
