import { readMetadata } from "@busbar/host";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { composeComponents } from "../src/compose/compose.ts";
import { BuildError } from "../src/error.ts";
import { addMetadata } from "../src/metadata.ts";
import { interfaceOf } from "../src/world.ts";
import { emptyComponent } from "./empty.ts";
import { instantiate } from "./instantiate.ts";
import { watApp, watKeeper, watThings } from "./wat-components.ts";

const part = (name: string, bytes: Uint8Array) => ({ name, bytes });

let app: Uint8Array;
let keeper: Uint8Array;
let things: Uint8Array;

beforeAll(async () => {
  [app, keeper, things] = await Promise.all([watApp(), watKeeper(), watThings()]);
});

/** The host's things: each has the value it was created with. */
function hostThings() {
  class Thing {
    readonly #value: number;
    constructor(value: number) {
      this.#value = value;
    }
    value(): number {
      return this.#value;
    }
  }
  return { "test:host/things": { Thing, create: (value: number) => new Thing(value) } };
}

async function runComposed(component: Uint8Array, imports: Record<string, unknown>): Promise<number> {
  const exports = await instantiate<{ "test:app/api@0.1.0": { run(): Promise<number> } }>(component, imports);
  return exports["test:app/api@0.1.0"].run();
}

describe("components that no JavaScript toolchain made", () => {
  test("one import for all, with what any of them uses; its resource is the same for both", async () => {
    const composed = await composeComponents(part("app", app), [part("keeper", keeper)]);
    expect(interfaceOf(composed)).toEqual({
      imports: ["test:host/things@0.1.0"],
      exports: ["test:app/api@0.1.0"],
    });
    expect(await runComposed(composed, hostThings())).toBe(7);
  });

  test("the newest of versions that serve each other, whoever asks for it", async () => {
    const newer = { things: "test:host/things@0.1.3" };
    const one = await composeComponents(part("app", app), [part("keeper", await watKeeper(newer))]);
    const other = await composeComponents(part("app", await watApp(newer)), [part("keeper", keeper)]);
    expect(interfaceOf(one).imports).toEqual(["test:host/things@0.1.3"]);
    expect(interfaceOf(other).imports).toEqual(["test:host/things@0.1.3"]);
    expect(await runComposed(one, hostThings())).toBe(7);
  });

  test("a plug of a newer version that serves the app", async () => {
    const newer = await watKeeper({ keeper: "test:keep/keeper@0.1.9" });
    const composed = await composeComponents(part("app", app), [part("keeper", newer)]);
    expect(await runComposed(composed, hostThings())).toBe(7);
  });

  test("a composed component can be composed again", async () => {
    const first = await composeComponents(part("app", app), [part("keeper", keeper)]);
    const again = await composeComponents(part("composed", first), [part("things", things)]);
    expect(interfaceOf(again)).toEqual({ imports: [], exports: ["test:app/api@0.1.0"] });
    expect(await runComposed(again, {})).toBe(7);
  });

  test("the name and version are the app's", async () => {
    const named = await addMetadata(app, { name: "station", version: "1.2.3", licenses: "MIT" }, []);
    const composed = await composeComponents(part("app", named), [part("keeper", keeper)]);
    expect(readMetadata(composed)).toEqual({ name: "station", version: "1.2.3", licenses: "MIT" });
  });
});

describe("what does not fit is refused, and the interfaces are named", () => {
  const compose = (...plugs: [string, Uint8Array][]) =>
    composeComponents(
      part("./app.wasm", app),
      plugs.map(([name, bytes]) => part(name, bytes)),
    );
  const refused = async (composing: Promise<Uint8Array>, message: string | RegExp) => {
    await expect(composing).rejects.toThrow(message);
    await expect(composing).rejects.toBeInstanceOf(BuildError);
  };

  test("a plug that exports nothing of what the app imports", async () => {
    await refused(
      compose(["./keeper.wasm", keeper], ["./other.wasm", app]),
      "./other.wasm exports test:app/api@0.1.0, none of which ./app.wasm imports: it imports " +
        "test:host/things@0.1.0, test:keep/keeper@0.1.0; leave that plug out.",
    );
  });

  test("two plugs that export the same", async () => {
    const newer = await watKeeper({ keeper: "test:keep/keeper@0.1.2" });
    await refused(
      compose(["./one.wasm", keeper], ["./two.wasm", newer]),
      "./one.wasm (test:keep/keeper@0.1.0) and ./two.wasm (test:keep/keeper@0.1.2) both export " +
        "test:keep/keeper@0.1.0, which ./app.wasm imports; leave out one of them.",
    );
  });

  test("another version", async () => {
    const other = await watKeeper({ keeper: "test:keep/keeper@0.2.0" });
    await refused(
      compose(["./keeper.wasm", other]),
      "./keeper.wasm exports test:keep/keeper@0.2.0, but ./app.wasm imports test:keep/keeper@0.1.0, another version; " +
        "build both against the same one.",
    );
  });

  test("an interface of the same name with other functions", async () => {
    const other = await watKeeper({ make: "produce" });
    await refused(compose(["./keeper.wasm", other]), /^The components do not fit together: .*make/s);
  });

  test("no plug, no component, a core module, and a component cut short", async () => {
    await refused(compose(), "There is nothing to compose ./app.wasm with; name a plug.");
    await refused(
      compose(["./a.txt", new TextEncoder().encode("hello world")]),
      "./a.txt is not a WebAssembly file; name a component built by busbar build.",
    );
    await refused(
      compose(["./core.wasm", Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)]),
      "./core.wasm is a core WebAssembly module, not a component",
    );
    await refused(
      compose(["./keeper.wasm", keeper.subarray(0, keeper.length - 3)]),
      "./keeper.wasm cannot be linked",
    );
  });

  test("damaged bytes anywhere: composed, or a BuildError", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(keeper.length - 9), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Uint8Array.from(keeper);
        damaged[at + 8] = damaged[at + 8]! ^ flip;
        await compose(["./keeper.wasm", damaged]).catch((error: unknown) => {
          expect(error).toBeInstanceOf(BuildError);
        });
      }),
      { seed: 20261122, numRuns: 150 },
    );
  });
});

test("an app and two drivers: the imports are the buses and what the app itself needs, in this order", async () => {
  const [station, sensor, display] = await Promise.all([
    emptyComponent("app"),
    emptyComponent({ bus: "i2c", exports: "sensor" }),
    emptyComponent({ bus: "i2c", exports: "text-display" }),
  ]);
  const composed = await composeComponents(part("app", station), [
    part("sensor", sensor),
    part("display", display),
  ]);
  expect(interfaceOf(composed)).toEqual({
    imports: [
      "busbar:device/errors@0.1.0",
      "wasi:io/poll@0.2.0",
      "wasi:clocks/monotonic-clock@0.2.0",
      "wasi:clocks/wall-clock@0.2.0",
      "wasi:io/error@0.2.0",
      "wasi:io/streams@0.2.0",
      "wasi:cli/stdout@0.2.0",
      "wasi:cli/stderr@0.2.0",
      "wasi:i2c/i2c@0.2.0-draft",
      "wasi:i2c/delay@0.2.0-draft",
      "busbar:board/i2c@0.1.0",
      "busbar:board/settings@0.1.0",
    ],
    exports: ["wasi:cli/run@0.2.0"],
  });
}, 60_000);
