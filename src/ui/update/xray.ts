import type { ScoredToken } from "../../engine/types.ts";
import { currentDocument } from "../../story/history.ts";
import { beginXRay, followText, nextRequest, withScores, type XRayRequest } from "../../story/xray.ts";
import { chapterAround } from "../../story/xray-sentences.ts";
import { geometry } from "../geometry.ts";
import type { Layout } from "../layout.ts";
import type { Model } from "../model.ts";
import { pageDisplay } from "../page.ts";
import { prepareContinuation } from "./prepare.ts";
import { andThen, type Step, warn } from "./step.ts";

/** Switches the x-ray on or off. */
export function toggleXRay(model: Model, layout: Layout): Step {
  if (model.xray) return endXRay({ ...model, notice: { kind: "info", text: "x-ray off" } });
  const { text } = currentDocument(model.tree);
  const notice = { kind: "info", text: "x-ray on" } as const;
  return continueXRay({ ...model, notice, xray: { xray: beginXRay(text), asked: null } }, layout);
}

/**
 * Has the next stretch scored, what is on the page first, then the rest of the chapter at the cursor. Not while
 * another one is, nor while the model writes.
 */
export function continueXRay(model: Model, layout: Layout): Step {
  const { xray: view } = model;
  if (!view || view.asked || isWriting(model)) return [model, []];
  const { text } = view.xray;
  if (text !== currentDocument(model.tree).text) return [model, []];
  const visible = visibleRange(model, layout);
  const chapter = chapterAround(text, Math.min(text.length, model.selection.head));
  const request = nextRequest(view.xray, visible, visible) ?? nextRequest(view.xray, chapter, visible);
  if (!request) return [model, []];
  return [{ ...model, xray: { ...view, asked: request } }, [{ type: "score", request }]];
}

/**
 * The x-ray after anything happened: it follows the text, and gives way to the writer's typing and to what the model
 * writes. It goes on when the writer rests.
 */
export function followXRay(before: Model, model: Model): Step {
  const { xray: view } = model;
  if (!view) return [model, before.xray?.asked ? [{ type: "score", request: null }] : []];
  const { text } = currentDocument(model.tree);
  const changed = text !== view.xray.text;
  const stops = view.asked !== null && (changed || isWriting(model));
  if (!changed && !stops) return [model, []];
  const xray = { xray: followText(view.xray, text), asked: stops ? null : view.asked };
  return [{ ...model, xray }, stops ? [{ type: "score", request: null }] : []];
}

/**
 * A stretch was scored; the next one follows. After the last one the engine reads again what Tab would make it read:
 * scoring has taken its place.
 */
export function receiveScores(
  model: Model,
  request: XRayRequest,
  tokens: readonly ScoredToken[],
  layout: Layout,
): Step {
  const { xray: view } = model;
  if (!view) return [model, []];
  const xray = withScores(view.xray, request, tokens);
  // What comes late, after the text has changed, is kept; whoever stopped it will ask again.
  if (view.asked !== request) return [{ ...model, xray: { ...view, xray } }, []];
  return andThen(continueXRay({ ...model, xray: { xray, asked: null } }, layout), (next) =>
    next.xray?.asked ? [next, []] : prepareContinuation({ ...next, prepared: null }),
  );
}

/** The engine could not score: there is no x-ray. */
export function scoringFailed(model: Model, text: string): Step {
  return model.xray ? andThen(endXRay(model), (next) => warn(next, text)) : [model, []];
}

function endXRay(model: Model): Step {
  return [{ ...model, xray: null }, []];
}

function isWriting({ offer, ending }: Model): boolean {
  return (offer?.running ?? null) !== null || ending.length > 0;
}

/** What of the story is on the page, in UTF-16 code units. */
function visibleRange(model: Model, layout: Layout): { readonly from: number; readonly to: number } {
  const { page, textWidth } = geometry(model);
  const display = pageDisplay(model);
  const rows = layout.visibleRows(display.text, model.top, textWidth, page.height);
  return { from: display.toStory(rows[0]?.from ?? 0), to: display.toStory(rows.at(-1)?.to ?? 0) + 1 };
}
