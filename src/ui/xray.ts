import type { Text } from "@codemirror/state";
import type { Alternatives } from "../engine/types.ts";
import type { XRay, XRayRequest } from "../story/xray.ts";

/** The x-ray while it is on. */
export interface XRayView {
  readonly xray: XRay;
  /** What the engine is scoring; null while it is not. */
  readonly asked: XRayRequest | null;
}

/** What could stand at a place of the story. */
export interface Foresight {
  /** Name of the request. */
  readonly id: string;
  readonly text: Text;
  /** In UTF-16 code units of `text`. */
  readonly place: number;
  /** Null until the model has told. */
  readonly found: Alternatives | null;
}
