import { HostError } from "@busbar/host";
import fc from "fast-check";
import * as v from "valibot";
import { afterEach, describe, expect, test } from "vitest";
import { RegistryError } from "../src/error.ts";
import { checkConfig, createArtifact, digestOf, parseManifest } from "../src/manifest.ts";
import { componentBytes, coreModule } from "./support/component-bytes.ts";

const component = componentBytes(["wasi:i2c/i2c@0.2.0-draft"], ["busbar:device/sensor@0.1.0"]);
const reference = { registry: "ghcr.io", repository: "busbar/bme280" };
const description = {
  version: "1.2.3",
  title: "bme280.wasm",
  created: new Date("2026-11-22T15:00:00Z"),
  metadata: {
    description: "A sensor",
    licenses: "Apache-2.0",
    source: "https://example.com",
    authors: "A <a@b.c>",
  },
};
const artifact = createArtifact(component, description);
const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test("the manifest and config that wkg writes and reads", () => {
  expect(json(artifact.config.bytes)).toEqual({
    created: "2026-11-22T15:00:00.000Z",
    author: "A <a@b.c>",
    architecture: "wasm",
    os: "wasip2",
    layerDigests: [digestOf(component)],
    component: {
      exports: ["busbar:device/sensor@0.1.0"],
      imports: ["wasi:i2c/i2c@0.2.0-draft"],
      target: null,
    },
  });
  expect(json(artifact.manifest.bytes)).toEqual({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.wasm.config.v0+json",
      digest: digestOf(artifact.config.bytes),
      size: artifact.config.bytes.length,
    },
    layers: [
      {
        mediaType: "application/wasm",
        digest: digestOf(component),
        size: component.length,
        annotations: { "org.opencontainers.image.title": "bme280.wasm" },
      },
    ],
    annotations: {
      "org.opencontainers.image.version": "1.2.3",
      "org.opencontainers.image.description": "A sensor",
      "org.opencontainers.image.licenses": "Apache-2.0",
      "org.opencontainers.image.source": "https://example.com",
    },
  });
});

test("what was written is read", () => {
  const manifest = parseManifest(artifact.manifest.bytes, reference);
  expect(manifest.layers[0].digest).toBe(digestOf(component));
  expect(() => checkConfig(artifact.config.bytes, manifest, reference)).not.toThrow();
});

test("only a component is published", () => {
  expect(() => createArtifact(coreModule, description)).toThrow(HostError);
});

describe("a pulled manifest is refused", () => {
  const good = json(artifact.manifest.bytes);
  const [layer] = good.layers;
  test.each([
    ["another media type", { ...good, mediaType: "application/vnd.oci.image.index.v1+json" }, '"mediaType"'],
    [
      "an image of Docker's",
      { ...good, config: { ...good.config, mediaType: "application/json" } },
      '"config.mediaType"',
    ],
    ["no layer", { ...good, layers: [] }, '"layers.0"'],
    ["two layers", { ...good, layers: [layer, layer] }, '"layers.1"'],
    [
      "a layer of another kind",
      { ...good, layers: [{ ...layer, mediaType: "text/plain" }] },
      '"layers.0.mediaType"',
    ],
    [
      "a digest that is a path",
      { ...good, layers: [{ ...layer, digest: "sha256:../../x" }] },
      '"layers.0.digest"',
    ],
    ["a size beyond all bounds", { ...good, layers: [{ ...layer, size: 2 ** 40 }] }, '"layers.0.size"'],
    ["a negative size", { ...good, layers: [{ ...layer, size: -1 }] }, '"layers.0.size"'],
    ["no object", null, "expected"],
  ])("%s", (_what, value, problem) => {
    const read = () => parseManifest(bytesOf(value), reference);
    expect(read).toThrow(RegistryError);
    expect(read).toThrow(
      /^ghcr.io\/busbar\/bme280 is no WebAssembly component as wkg and busbar publish them/,
    );
    if (value !== null) expect(read).toThrow(problem);
  });

  test("garbage", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          expect(() => parseManifest(bytes, reference)).toThrow(RegistryError);
        },
      ),
      { seed: 4, numRuns: 500 },
    );
  });
});

describe("a pulled config is refused", () => {
  const good = json(artifact.config.bytes);
  const manifest = parseManifest(artifact.manifest.bytes, reference);
  test.each([
    ["a core module", { ...good, os: "wasip1" }, "a core module is no component"],
    [
      "another layer",
      { ...good, layerDigests: [`sha256:${"00".repeat(32)}`] },
      "another layer than the manifest",
    ],
    ["no component", { ...good, component: null }, '"component"'],
    ["another architecture", { ...good, architecture: "amd64" }, 'expected "wasm"'],
  ])("%s", (_what, value, problem) => {
    expect(() => checkConfig(bytesOf(value), manifest, reference)).toThrow(problem);
  });
});

describe("what is too much for a manifest costs no more than reading it", () => {
  afterEach(() => v.deleteGlobalMessage());

  const good = json(artifact.config.bytes);
  const manifest = parseManifest(artifact.manifest.bytes, reference);
  test("half a million mistakes: the first is one too many", () => {
    let mistakes = 0;
    v.setGlobalMessage(() => {
      mistakes += 1;
      return "wrong";
    });
    const exports = Array.from({ length: 500_000 }, () => 1);
    const read = () =>
      checkConfig(bytesOf({ ...good, component: { exports, imports: [] } }), manifest, reference);
    expect(read).toThrow('"component.exports.0": wrong');
    expect(mistakes).toBe(1);
  });

  test.each([
    ["brackets", "[".repeat(1_000_000), "it is not JSON"],
    ["lists in lists", `${"[".repeat(500_000)}${"]".repeat(500_000)}`, "expected"],
    ["objects in objects", `${'{"config":'.repeat(100_000)}1${"}".repeat(100_000)}`, '"schemaVersion"'],
    ["an index of many", `{"schemaVersion":2,"manifests":[${"{},".repeat(300_000)}{}]}`, '"config"'],
    [
      "many layers",
      `{"schemaVersion":2,"config":{},"layers":[${"{},".repeat(300_000)}{}]}`,
      '"config.mediaType"',
    ],
  ])("%s", (_what, text, problem) => {
    const read = () => parseManifest(new TextEncoder().encode(text), reference);
    expect(read).toThrow(RegistryError);
    expect(read).toThrow(new RegExp(problem, "i"));
  });
});

test("nothing of a manifest reaches a terminal raw, nor an error's cause", () => {
  const obeyed = "\u001b[2J\u009b2J\u202e\u2066\u2028\u007f";
  const read = (text: string) => {
    try {
      parseManifest(new TextEncoder().encode(text), reference);
    } catch (error) {
      return error as RegistryError;
    }
    throw new Error("it was read");
  };
  // valibot quotes what it was given, and so does JSON.parse.
  const quoted = read(JSON.stringify({ schemaVersion: obeyed }));
  expect(quoted.message).toContain("\\u{1b}[2J\\u{9b}2J\\u{202e}\\u{2066}\\u{2028}\\u{7f}");
  expect(read(`{"a": ${obeyed}}`).cause).toBeUndefined();
  expect(read(JSON.stringify({ schemaVersion: "x".repeat(100_000) })).message.length).toBeLessThan(500);
});
