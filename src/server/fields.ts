import { ApiError, refusal } from "./api-error.ts";

/** The fields of a JSON object that came from outside. */
export type Fields = Readonly<Record<string, unknown>>;

/** Which numbers a field may hold. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** The fields of a request's body. Throws an {@link ApiError} for a value that is no object. */
export function readFields(body: unknown): Fields {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ApiError(400, `The body must be a JSON object, but it is ${kindOf(body)}.`);
  }
  return Object.fromEntries(Object.entries(body));
}

/** A number, or `fallback` where the field is left out or null. Throws an {@link ApiError} for anything else. */
export function readNumber<T>(
  fields: Fields,
  name: string,
  { min, max, whole = false }: NumberRange,
  fallback: T,
): number | T {
  const value = fields[name] ?? null;
  if (value === null) return fallback;
  if (typeof value !== "number") throw wrongType(name, whole ? "an integer" : "a number", value);
  if (whole && !Number.isInteger(value)) throw wrongType(name, "an integer", value);
  if (value < min) throw outOfRange(name, `at least ${min}`, value);
  if (value > max) throw outOfRange(name, `at most ${max}`, value);
  return value;
}

/** True or false; false where the field is left out or null. Throws an {@link ApiError} for anything else. */
export function readBoolean(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value !== "boolean") throw wrongType(name, "a boolean", value);
  return value;
}

/** A text; "" where the field is left out or null. Throws an {@link ApiError} for anything else. */
export function readText(fields: Fields, name: string): string {
  const value = fields[name] ?? "";
  if (typeof value !== "string") throw wrongType(name, "a string", value);
  return value;
}

/** The refusal of a field that holds something of another kind. */
export function wrongType(name: string, expected: string, value: unknown): ApiError {
  return refusal(
    name,
    `Invalid type for '${name}': expected ${expected}, but got ${kindOf(value)}.`,
    "invalid_type",
  );
}

function outOfRange(name: string, expected: string, value: number): ApiError {
  return refusal(name, `Invalid value for '${name}': it must be ${expected}, but got ${value}.`);
}

/** What kind of value came, in words. No more of it is said: it may be nested deeper than can be written. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return `the number ${value}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
