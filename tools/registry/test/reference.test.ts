import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RegistryError } from "../src/error.ts";
import { formatReference, isPublishableVersion, parsePackageName, parseReference } from "../src/reference.ts";

const digest = `sha256:${"0a".repeat(32)}`;

describe("parseReference", () => {
  test.each([
    ["oci://ghcr.io/ns/name:1.2.3", { registry: "ghcr.io", repository: "ns/name", version: "1.2.3" }],
    [
      "oci://localhost:5000/a/b/c:0.1.0-rc.1",
      { registry: "localhost:5000", repository: "a/b/c", version: "0.1.0-rc.1" },
    ],
    ["oci://[::1]:5000/name:1.0.0", { registry: "[::1]:5000", repository: "name", version: "1.0.0" }],
    [`oci://ghcr.io/ns/name@${digest}`, { registry: "ghcr.io", repository: "ns/name", digest }],
    [
      `oci://ghcr.io/n/m:1.0.0@${digest}`,
      { registry: "ghcr.io", repository: "n/m", version: "1.0.0", digest },
    ],
  ])("%s", (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
    expect(formatReference(parseReference(text))).toBe(text);
  });

  test.each([
    ["ghcr.io/ns/name:1.2.3", "is no OCI reference"],
    ["oci://ghcr.io", "names no repository"],
    ["oci:///ns/name:1.2.3", "has no valid registry"],
    ["oci://user:password@ghcr.io/ns/name:1.0.0", "has no valid registry"],
    ["oci://ghcr.io/Ns/name:1.2.3", "has no valid repository"],
    ["oci://ghcr.io/ns/../name:1.2.3", "has no valid repository"],
    ["oci://ghcr.io/ns/name?x=1:1.2.3", "has no valid repository"],
    ["oci://ghcr.io/ns/name", "names no version"],
    ["oci://ghcr.io/ns/name:latest", "has no valid version"],
    ["oci://ghcr.io/ns/name:v1.2.3", "has no valid version"],
    ["oci://ghcr.io/ns/name:1.2", "has no valid version"],
    ["oci://ghcr.io/ns/name:1.2.3+build", "has no valid version"],
    ["oci://ghcr.io/ns/name:1.2.3:4", "has no valid version"],
    ["oci://ghcr.io/ns/name:1.2.3@sha256:00", "has no valid digest"],
    [`oci://ghcr.io/ns/name@${digest.toUpperCase()}`, "has no valid digest"],
    [`oci://ghcr.io/ns/name@${digest}@${digest}`, "has no valid digest"],
    [`oci://ghcr.io/${"a".repeat(1000)}:1.0.0`, "is no OCI reference"],
  ])("refuses %s", (text, problem) => {
    expect(() => parseReference(text)).toThrow(problem);
    expect(() => parseReference(text)).toThrow(RegistryError);
  });

  test("no text does worse than being refused, and what passes reads back the same", () => {
    const part = fc.constantFrom(
      "oci://",
      "a",
      "b.c",
      "/",
      ":",
      "@",
      "1.2.3",
      digest,
      "-",
      "_",
      "..",
      "\n",
      "é",
      "[::1]",
    );
    const text = fc.oneof(
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join("")),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (each) => {
        try {
          expect(formatReference(parseReference(each))).toBe(each);
        } catch (error) {
          expect(error).toBeInstanceOf(RegistryError);
        }
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});

describe("parsePackageName", () => {
  test.each([
    ["busbar:bme280@1.2.3", "ghcr.io", "oci://ghcr.io/busbar/bme280:1.2.3"],
    ["busbar:bme280@1.2.3", "ghcr.io/some-one/", "oci://ghcr.io/some-one/busbar/bme280:1.2.3"],
    ["wasi:clocks@0.2.0", "ghcr.io/webassembly", "oci://ghcr.io/webassembly/wasi/clocks:0.2.0"],
  ])("%s in %s", (name, registry, expected) => {
    expect(formatReference(parsePackageName(name, registry))).toBe(expected);
  });

  test.each(["bme280@1.2.3", "Busbar:bme280@1.2.3", "a:b/c@1.0.0", "a:b", "a:b@1.0.0+x"])(
    "refuses %s",
    (name) => {
      expect(() => parsePackageName(name, "ghcr.io")).toThrow(RegistryError);
    },
  );

  test("the version may be left to the component", () => {
    expect(parsePackageName("a:b", "ghcr.io", { versionOptional: true })).toEqual({
      registry: "ghcr.io",
      repository: "a/b",
    });
  });
});

test("a tag cannot hold build metadata", () => {
  expect(["1.0.0", "1.0.0-a.1", "1.0.0+a", " 1.0.0", "=1.0.0"].map(isPublishableVersion)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("a name with what a terminal would obey is shown, not obeyed", () => {
  expect(() => parseReference("oci://ghcr.io/\u001b[2J\u009b\u202e:1.0.0")).toThrow(
    '"oci://ghcr.io/\\u{1b}[2J\\u{9b}\\u{202e}:1.0.0" has no valid repository',
  );
});
