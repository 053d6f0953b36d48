/** What an {@link ApiError} may carry besides its message. */
export interface ApiErrorOptions {
  /** The field of the request that is meant. */
  readonly param?: string;
  /** A word for programs, e.g. `context_length_exceeded`. */
  readonly code?: string;
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request that is answered with an error: its HTTP status, and what the body says. */
export class ApiError extends Error {
  override readonly name: string = "ApiError";
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.param = options.param ?? null;
    this.code = options.code ?? null;
    this.headers = options.headers ?? {};
  }
}

/** A field that cannot be taken as it is: status 400. */
export function refusal(param: string, message: string, code = "invalid_value"): ApiError {
  return new ApiError(400, message, { param, code });
}

/** The body of an error, as OpenAI's servers write it. */
export function errorBody({ status, message, param, code }: ApiError): object {
  return { error: { message, type: typeOf(status), param, code } };
}

function typeOf(status: number): string {
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}
