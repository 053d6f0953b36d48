import { describe, expect, it } from "vitest";
import { PRESETS, presetDials, withPreset } from "../../src/engine/presets.ts";
import { completeSettings, DEFAULT_SETTINGS } from "../../src/engine/settings.ts";

describe("presets", () => {
  it("are settings that may be, each with a name of its own and a reason", () => {
    for (const preset of PRESETS) {
      const settings = withPreset(DEFAULT_SETTINGS, preset);
      expect(completeSettings(settings)).toEqual(settings);
      expect(preset.reason).toMatch(/^\S.{10,80}$/u);
      for (const key of Object.keys(preset.settings)) expect(presetDials()).toContain(key);
    }
    expect(new Set(PRESETS.map(({ name }) => name)).size).toBe(PRESETS.length);
    expect(new Set(PRESETS.map((preset) => JSON.stringify(withPreset(DEFAULT_SETTINGS, preset)))).size).toBe(
      PRESETS.length,
    );
  });

  it("put back what they do not name, and leave what is no dial", () => {
    const changed = { ...DEFAULT_SETTINGS, listen: 1, top_k: 9, length: 7, seed: 3 };
    const steady = withPreset(changed, PRESETS.find(({ name }) => name === "steady")!);
    expect(steady).toMatchObject({ listen: 0, top_k: 0, temperature: 0.6, length: 7, seed: 3 });
    expect(withPreset(changed, PRESETS[0]!)).toEqual({ ...DEFAULT_SETTINGS, length: 7, seed: 3 });
  });
});
