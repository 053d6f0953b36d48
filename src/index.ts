export { type EngineOptions, openEngine } from "./engine/engine.ts";
export { PRESETS, type Preset, withPreset } from "./engine/presets.ts";
export { distribution } from "./engine/sampling/sample.ts";
export {
  completeSettings,
  DEFAULT_SETTINGS,
  NUMERIC_SETTINGS,
  type SamplingSettings,
} from "./engine/settings.ts";
export type {
  Alternative,
  Alternatives,
  AlternativesOptions,
  Choice,
  ContextEntry,
  Engine,
  FinishReason,
  GenerationEvent,
  GenerationRequest,
  ModelCard,
  PromptSegment,
  PromptView,
  RewriteTemplate,
  Score,
  ScoredToken,
  ScoreOptions,
  Steering,
  Timing,
} from "./engine/types.ts";
export { UserError, type UserErrorOptions } from "./errors.ts";
export { readSession, type Session } from "./sessions/read.ts";
export type {
  EditRecord,
  GenerationRecord,
  HeaderRecord,
  JumpRecord,
  OutcomeRecord,
  RecordedChoice,
  SavedRecord,
  SessionRecord,
  TakeRecord,
} from "./sessions/records.ts";
export {
  type ReplayedStory,
  replayStory,
  type VerifiedGeneration,
  verifySession,
} from "./sessions/replay.ts";
