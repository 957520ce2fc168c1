/** One component a JavaScript engine, whose functions show what the engine does: the rows of docs/engines.md. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildPackage } from "../../src/build.ts";
import type { Engine } from "../../src/componentize.ts";
import { temporaryDriver } from "../driver.ts";
import { instantiate } from "../instantiate.ts";

/** What the component exports. */
export interface Probe {
  /** Evaluates something that has a name in {@link questions}, and gives it as text. */
  ask(question: string): Promise<string>;
  /** What the guest sees of a number, as text; and numbers that the guest makes of text. */
  showU32(value: number): Promise<string>;
  showU64(value: bigint): Promise<string>;
  showS64(value: bigint): Promise<string>;
  makeU32(value: string): Promise<number>;
  makeU64(value: string): Promise<bigint>;
  makeS64(value: string): Promise<bigint>;
  bytes(how: string): Promise<Uint8Array>;
  text(how: string): Promise<string>;
  fail(how: string): Promise<void>;
  /** Calls itself so often; gives the depth. */
  recurse(depth: number): Promise<number>;
}

const wit = `package test:probe@1.0.0;

interface probe {
  ask: func(question: string) -> string;
  show-u32: func(value: u32) -> string;
  show-u64: func(value: u64) -> string;
  show-s64: func(value: s64) -> string;
  make-u32: func(value: string) -> u32;
  make-u64: func(value: string) -> u64;
  make-s64: func(value: string) -> s64;
  bytes: func(how: string) -> list<u8>;
  text: func(how: string) -> string;
  fail: func(how: string) -> result<_, string>;
  recurse: func(depth: u32) -> u32;
}
`;

/** The guest. It is a library, for the build refuses some of this in a driver's own files. */
const guest = `
const questions = {
  "new Date()": () => new Date().toISOString(),
  "Date.now": () => String(Date.now()),
  "performance.now": () => String(performance.now()),
  "Math.random": () => [Math.random(), Math.random()].join(),
  "globals": () => ["console", "TextDecoder", "TextEncoder", "structuredClone", "setTimeout", "queueMicrotask", "Atomics"]
    .filter((name) => typeof globalThis[name] !== "undefined").join(),
  "setTimeout": () => { setTimeout(() => {}, 1); return "set"; },
  "normalize": () => "e\\u0301".normalize("NFC"),
  "localeCompare": () => String("a".localeCompare("B")),
  "property": () => { try { return String(new RegExp("^\\\\p{L}$", "u").test("\\u00e9")); } catch (error) { return error.name; } },
  "a date": () => new Date(86400000).toISOString(),
  "microtasks": () => { Promise.resolve().then(() => { microtasks += 1; }); return String(microtasks); },
  "WeakRef": () => { const it = {}; return typeof new WeakRef(it).deref(); },
};
let microtasks = 0;
const show = (value) => typeof value + " " + value;
const fails = {
  "async ok": async () => {},
  "async throw": async () => { throw "no"; },
  "async Error": async () => { throw new Error("no"); },
  "Error": () => { throw new Error("no"); },
  "text": () => { throw "no"; },
  "own payload": () => { throw Object.assign(new Error("other"), { payload: "no" }); },
  "inherited payload": () => { class Failure extends Error { get payload() { return "no"; } } throw new Failure("other"); },
};
const bytes = {
  "Uint8Array": () => Uint8Array.of(1, 2, 3),
  "array": () => [1, 2, 3],
  "DataView": () => new DataView(Uint8Array.of(1, 2, 3).buffer),
  "Uint16Array": () => Uint16Array.of(513, 3),
  "ArrayBuffer": () => Uint8Array.of(1, 2, 3).buffer,
  "part": () => Uint8Array.of(0, 1, 2, 3, 4).subarray(1, 4),
};
const texts = { "lone surrogate": () => "a\\ud800b", "null character": () => "a\\0b" };
const deep = (left) => left === 0 ? 0 : 1 + deep(left - 1);
export const probe = {
  ask: (question) => questions[question](),
  showU32: show, showU64: show, showS64: show,
  makeU32: Number,
  makeU64: (text) => text.endsWith("n") ? BigInt(text.slice(0, -1)) : Number(text),
  makeS64: (text) => text.endsWith("n") ? BigInt(text.slice(0, -1)) : Number(text),
  bytes: (how) => bytes[how](),
  text: (how) => texts[how](),
  fail: (how) => fails[how](),
  recurse: deep,
};
`;

/** Builds the component. @returns starts an instance of it */
export async function buildProbe(engine: Engine): Promise<() => Promise<Probe>> {
  await using driver = await temporaryDriver({
    "package.json": JSON.stringify({
      name: "probe",
      version: "1.0.0",
      type: "module",
      busbar: { world: "probing", entry: "src/entry.ts", component: "dist/probe.wasm" },
    }),
    "src/entry.ts": 'export { probe } from "guest";\n',
    "node_modules/guest/package.json": JSON.stringify({
      name: "guest",
      type: "module",
      exports: "./index.js",
    }),
    "node_modules/guest/index.js": guest,
    "wit/own.wit": "package test:probing@1.0.0;\nworld probing { export test:probe/probe@1.0.0; }\n",
    "wit/deps/probe/probe.wit": wit,
  });
  const { component } = await buildPackage(driver.folder, { engine });
  const bytes = await readFile(join(component));
  return async () => (await instantiate<Record<string, Probe>>(bytes, {}))["test:probe/probe@1.0.0"]!;
}
