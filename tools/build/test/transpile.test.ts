import { transpileBytes } from "@bytecodealliance/jco-transpile";
import { beforeAll, expect, test } from "vitest";
import { callImportsDirectly } from "../src/direct-imports.ts";
import { exportedFunctions } from "../src/exported-functions.ts";
import { interfaceFunctions, suspendingImports } from "../src/suspending.ts";
import {
  acceptRepresentationZero,
  emptyDebugLog,
  transpileComponent,
  withoutFinalizers,
} from "../src/transpile.ts";
import { emptyComponent } from "./empty.ts";

let component: Uint8Array;
let raw: string;

beforeAll(async () => {
  component = await emptyComponent("i2c-sensor-driver");
  const { files } = await transpileBytes(component, {
    name: "component",
    instantiation: "async",
    asyncMode: "jspi",
    asyncImports: ["wasi:i2c/delay#[method]delay.delay-ns"],
    asyncExports: ["busbar:device/sensor@0.1.0#open"],
  });
  raw = new TextDecoder().decode(files["component.js"]);
}, 60_000);

test("representation 0 is mended in exactly one place of what jco writes", () => {
  const mended = acceptRepresentationZero(raw);
  expect(mended.split("if (val === 0 ||")).toHaveLength(raw.split("if (val === 0 ||").length + 1);
  expect(mended.length).toBe(raw.length);
});

test("other forms of rscTableGet are refused, and none at all is fine", () => {
  expect(acceptRepresentationZero("const a = 1;")).toBe("const a = 1;");
  expect(() => acceptRepresentationZero(acceptRepresentationZero(raw))).toThrow(
    "jco's output has another rscTableGet than expected; install the version of @bytecodealliance/jco-transpile that " +
      "@busbar/build names.",
  );
  expect(() =>
    acceptRepresentationZero(raw.replace("if (rep === 0 ||", "if (rep === 0 || if (rep === 0 ||")),
  ).toThrow("another rscTableGet");
});

test("_debugLog is emptied, or refused in another form", () => {
  const mended = emptyDebugLog(raw);
  expect(mended).toContain("const _debugLog = () => {};");
  expect(mended).not.toContain("JCO_DEBUG) { return; }");
  expect(emptyDebugLog("const a = 1;")).toBe("const a = 1;");
  expect(() => emptyDebugLog(mended)).toThrow("another _debugLog");
});

test("a forgotten resource is not finalized, and another form of the function is refused", () => {
  const mended = withoutFinalizers(raw);
  expect(mended).not.toContain("new FinalizationRegistry");
  expect(withoutFinalizers("const a = 1;")).toBe("const a = 1;");
  expect(() => withoutFinalizers(mended)).toThrow("another finalizationRegistryCreate");
});

test("imports are called directly, each of them, and other forms are refused", () => {
  const mended = callImportsDirectly(raw);
  const imported = raw.match(/_trampoline\d+\.fnName = '/g)!.length;
  expect(imported).toBeGreaterThan(5);
  expect(mended.match(/: _guardMayLeave\(\d+, _trampoline\d+\);/g)).toHaveLength(imported);
  expect(mended).not.toContain("_lowerImportBackwardsCompat.bind(");
  expect(mended).not.toContain("const hostProvided = true;");
  // What waits is counted as long as it waits; a trap is marked as before.
  expect(mended.match(/await _awaitHost\(\(\) => /g)).toHaveLength(1);
  expect(mended.match(/markTrapped\(e(?:rr)?\)/g)).toEqual(raw.match(/markTrapped\(e(?:rr)?\)/g));
  expect(callImportsDirectly("const a = 1;")).toBe("const a = 1;");
  expect(() =>
    callImportsDirectly(raw.replace("const started = task.enterSync();", "task.enter();")),
  ).toThrow("another CallInterface");
  expect(() => callImportsDirectly(raw.replaceAll(".manuallyAsync ? new", ".async ? new"))).toThrow(
    "another _lowerImportBackwardsCompat",
  );
});

test("a component with asynchronous functions keeps its tasks", () => {
  const asynchronous = raw.replace("isAsync: false", "isAsync: true");
  expect(asynchronous).not.toBe(raw);
  expect(callImportsDirectly(asynchronous)).toBe(asynchronous);
});

test("the finished script has no debug output, and suspends in one import only", async () => {
  const files = await transpileComponent(component);
  const script = new TextDecoder().decode(files.get("component.js"));
  expect(script).not.toMatch(/_debugLog|JCO_DEBUG|\] args|new FinalizationRegistry/);
  expect(script.match(/\.manuallyAsync ?= ?(?:true|!0)/g)).toHaveLength(1);
  expect(script.length).toBeLessThan(raw.length / 2);
});

test("what is no component is refused", async () => {
  await expect(transpileComponent(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).rejects.toThrow(
    /not a WebAssembly file/,
  );
  await expect(transpileComponent(component.subarray(0, component.length - 9))).rejects.toThrow();
});

test("only what waits suspends, with and without the version", async () => {
  expect(await suspendingImports(["wasi:i2c/i2c@0.2.0-draft", "busbar:board/i2c@0.1.0"])).toEqual([]);
  expect(await suspendingImports(["wasi:i2c/delay@0.2.0-draft"])).toEqual([
    "wasi:i2c/delay@0.2.0-draft#[method]delay.delay-ns",
    "wasi:i2c/delay#[method]delay.delay-ns",
  ]);
  expect(await suspendingImports(["component:usb/transfers"])).toEqual([
    "component:usb/transfers#await-transfer",
  ]);
  expect(await suspendingImports(["component:usb/device@0.2.1"])).toContain(
    "component:usb/device@0.2.1#[method]device-handle.close",
  );
  expect(await suspendingImports(["busbar:device/sensor@0.1.0"])).toEqual(
    expect.arrayContaining([
      "busbar:device/sensor@0.1.0#open",
      "busbar:device/sensor@0.1.0#[method]device.read",
      "busbar:device/sensor#[method]device.info",
    ]),
  );
  expect(await suspendingImports(["busbar:device/errors@0.1.0"])).toEqual([]);
});

test("functions are found in WIT text", () => {
  const text = `
    package a:b@1.0.0;
    interface one {
      record pair { left: u8, right: u8 }
      resource %device { constructor(a: u8); make: static func() -> u8; read-all: func() -> list<u8>; later: async func(); }
      variant error { lost(string) }
      %open: func(name: string) -> result<device, error>;
    }
    world two { import bare: func(); export one; }`;
  expect([...interfaceFunctions(text)]).toEqual([
    ["one", ["[method]device.read-all", "[method]device.later", "open"]],
  ]);
});

test("exported functions are found in core modules, in both spellings of the canonical ABI", () => {
  const functions = exportedFunctions(component, ["busbar:device/sensor@0.1.0"]);
  expect(functions).toEqual(
    expect.arrayContaining([
      "busbar:device/sensor@0.1.0#open",
      "busbar:device/sensor@0.1.0#[method]device.read",
      "busbar:device/sensor#[method]device.read",
    ]),
  );
  expect(functions.filter((name) => !/#(?:open|\[method\]device\.[a-z-]+)$/.test(name))).toEqual([]);
  expect(exportedFunctions(component, ["other:package/sensor@0.1.0"])).toEqual([]);
});
