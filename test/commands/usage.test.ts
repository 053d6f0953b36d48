import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { distance } from "../../src/commands/open-editor.ts";
import { NUMERIC_SETTINGS } from "../../src/engine/settings.ts";
import { FakeWorld } from "./fake-world.ts";

describe("wrong usage exits with 2 and says what is wrong", () => {
  it.each([
    [["continue", "--temprature", "1"], "(Did you mean --temperature?)"],
    [["continue", "a", "b"], "too many arguments"],
    [["continue", "--temperature"], "argument missing"],
    [["models", "lst"], "(Did you mean list?)"],
    [["models"], "Usage: inkwright models COMMAND"],
    [["contniue"], 'No command and no file is called "contniue". Did you mean continue?'],
    [["rewrite"], "missing required argument 'FILE'"],
    [["sessions", "export", "x"], "'--to <FORMAT>' not specified"],
    [["sessions", "export", "x", "--to", "pdf"], "Allowed choices are md, json, html"],
    [["config", "set", "temprature", "1"], 'No setting is called "temprature".'],
    [["config", "set", "top_p", "2"], "top_p must be a number from 0 to 1, got 2."],
    [["config", "get", "nothing"], 'No setting is called "nothing".'],
    [["continue", "--count", "0"], "whole number from 1 to 64"],
    [["continue", "--seed", "-1"], "whole number from 0 to 4294967295"],
    [["continue", "--stop", ""], "one character or more"],
  ])("%j", async (args, message) => {
    const outcome = await new FakeWorld().run(args);
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain("error:");
  });

  it("for every numeric setting out of range, quoting the value and the range", async () => {
    for (const row of NUMERIC_SETTINGS) {
      for (const value of [String(row.max + 1), String(row.min - 1), "many", "0x1", ""]) {
        const outcome = await new FakeWorld().run(["continue", row.flag, value]);
        expect(outcome).toMatchObject({ code: 2, stdout: "" });
        expect(outcome.stderr).toContain(`argument '${value}' is invalid`);
        expect(outcome.stderr).toContain(`number from ${row.min} to ${row.max}.`);
      }
    }
  });
});

describe("help", () => {
  it("goes to stdout and exits with 0", async () => {
    const outcome = await new FakeWorld().run(["--help"]);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    for (const command of [
      "write [FILE]",
      "continue [FILE|-]",
      "rewrite FILE",
      "score [FILE|-]",
      "models list|info|pull|import|verify|use|remove|clean",
    ]) {
      expect(outcome.stdout).toContain(`  ${command} `);
    }
  });

  it("shows every setting with its default", async () => {
    const { stdout } = await new FakeWorld().run(["continue", "--help"]);
    const flat = stdout.replace(/\s+/g, " ");
    for (const row of NUMERIC_SETTINGS) {
      expect(flat).toContain(`${row.flag} <${row.argument}> ${row.description} (default: ${row.default})`);
    }
  });

  it("is no wider than 100 columns", async () => {
    const commands = ["write", "continue", "rewrite", "score", "models", "sessions", "config", "eval"];
    for (const args of [[], ...commands.map((command) => [command])]) {
      const { stdout } = await new FakeWorld().run([...args, "--help"]);
      expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
    }
  });

  it("tells the version of package.json", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await new FakeWorld().run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("config", () => {
  it("sets, gets, lists and unsets", async () => {
    const world = new FakeWorld();
    expect(await world.run(["config", "set", "stop", "The End"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    expect((await world.run(["config", "get", "stop"])).stdout).toBe('["The End"]\n');
    expect((await world.run(["config", "get", "model"])).stdout).toBe("fable\n");
    expect(JSON.parse((await world.run(["config", "list", "--json"])).stdout)).toMatchObject({
      stop: ["The End"],
    });
    expect((await world.run(["config", "list"])).stdout).toMatch(
      /^stop +\["The End"\] +yes +generation ends/m,
    );
    await world.run(["config", "unset", "stop"]);
    expect((await world.run(["config", "get", "stop", "--json"])).stdout).toBe("[]\n");
    expect((await world.run(["config", "path"])).stdout).toBe(
      `${join(world.cwd, "config", "config.json")}\n`,
    );
  });

  it("tells of a damaged file on stderr and goes on", async () => {
    const world = new FakeWorld();
    await world.run(["config", "set", "length", "9"]);
    writeFileSync(join(world.cwd, "config", "config.json"), "{");
    const outcome = await world.run(["config", "get", "length"]);
    expect(outcome).toMatchObject({ code: 0, stdout: "60\n" });
    expect(outcome.stderr).toContain("the defaults are used; it is kept as");
  });
});

describe("models", () => {
  it("lists the model in the box", async () => {
    const world = new FakeWorld();
    expect((await world.run(["models", "list"])).stdout).toMatch(
      /^NAME +PARAMETERS +CONTEXT +SIZE +KEPT +LICENCE +LAST USED +WHERE\nfable +7\.10M +1024 +\d+\.\dMB +- +mit +- +in the box\n$/,
    );
    expect(JSON.parse((await world.run(["models", "list", "--json"])).stdout)).toMatchObject([
      { name: "fable", parameters: 7_098_368, context: 1024, where: "in the box" },
    ]);
  });

  it("shows one, and says which there are where a name is unknown", async () => {
    const world = new FakeWorld();
    const { stdout } = await world.run(["models", "info", "fable", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "fable",
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      dtype: "float16",
      config: { n_layer: 6, n_head: 4 },
    });
    const unknown = await world.run(["continue", "-", "--model", "gpt5"], { stdin: "x" });
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toContain('There is no model "gpt5"');
    expect(unknown.stderr).toContain("The models here are fable");
  });
});

describe("the distance of two words", () => {
  it.each([
    ["", "abc", 3],
    ["continue", "continue", 0],
    ["contniue", "continue", 1],
    ["scor", "score", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ])("%s, %s: %i", (a, b, expected) => {
    expect(distance(a, b)).toBe(expected);
    expect(distance(b, a)).toBe(expected);
  });
});
