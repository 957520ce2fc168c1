import fc from "fast-check";
import { expect, test } from "vitest";
import { parseChallenges } from "../src/challenge.ts";

const parse = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

test.each([
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    [
      [
        "bearer",
        {
          realm: "https://auth.docker.io/token",
          service: "registry.docker.io",
          scope: "repository:a/b:pull,push",
        },
      ],
    ],
  ],
  ['Basic realm="my \\"place\\""', [["basic", { realm: 'my "place"' }]]],
  [
    'BASIC realm=x, Bearer realm="y" , service=z',
    [
      ["basic", { realm: "x" }],
      ["bearer", { realm: "y", service: "z" }],
    ],
  ],
  ["Negotiate", [["negotiate", {}]]],
  [
    "Negotiate, Basic realm=a",
    [
      ["negotiate", {}],
      ["basic", { realm: "a" }],
    ],
  ],
  ['Bearer realm="open', [["bearer", { realm: "" }]]],
  ["", []],
])("%s", (header, expected) => {
  expect(parse(header)).toEqual(expected);
});

test("any header ends in a list", () => {
  const part = fc.constantFrom("Bearer", "Basic", " ", ",", "=", '"', "\\", "realm", "x", "\0", "é");
  const header = fc.oneof(
    fc.array(part, { maxLength: 30 }).map((parts) => parts.join("")),
    fc.string(),
  );
  fc.assert(
    fc.property(header, (text) => {
      expect(parseChallenges(text).length).toBeLessThanOrEqual(text.length);
    }),
    { seed: 4, numRuns: 2000 },
  );
  expect(parseChallenges(`Bearer realm="${"\\".repeat(100_000)}`).length).toBeLessThan(3);
});
