import { describe, expect, test } from "vitest";
import { nodeProblem } from "../src/node-version.ts";

describe("the Node that it takes", () => {
  test.each([
    ["v25.0.0", true],
    ["v26.10.0", true],
    ["v100.0.0", true],
  ])("%s will do", (version, suspends) => expect(nodeProblem({ version, suspends })).toBeUndefined());

  test.each(["v8.17.0", "v20.20.2", "v24.9.0"])("%s is too old", (version) => {
    for (const suspends of [true, false]) {
      expect(nodeProblem({ version, suspends })).toBe(
        `This is Node ${version}, and busbar needs Node 25 or newer; install one: https://nodejs.org.`,
      );
    }
  });

  test("this one will do", () => expect(nodeProblem()).toBeUndefined());

  test("one that was told not to suspend", () => {
    expect(nodeProblem({ version: "v26.0.0", suspends: false })).toContain(
      "was told not to suspend WebAssembly",
    );
  });
});
