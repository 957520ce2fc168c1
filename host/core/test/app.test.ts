import { describe, expect, test } from "vitest";
import type { BoardEvent } from "../src/board/event.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { ComponentError, FakeBus, FakeClock, fakeArtifact } from "./fakes.ts";

/** The imports of an app, as a component gets them. */
interface AppImports {
  "busbar:device/sensor": {
    open(name: string): Promise<{
      read(): Promise<Float64Array>;
      info(): Promise<{ model: string }>;
      close(): Promise<void>;
    }>;
  };
  "wasi:cli/stdout": { getStdout(): { blockingWriteAndFlush(bytes: Uint8Array): Promise<void> } };
  "wasi:clocks/monotonic-clock": { now(): bigint; subscribeDuration(ns: bigint): { block(): Promise<void> } };
  "wasi:io/poll": { poll(pollables: object[]): Promise<Uint32Array> };
}

const imports = [
  "busbar:device/sensor@0.1.0",
  "wasi:cli/stdout@0.2.0",
  "wasi:io/poll@0.2.3",
  "wasi:clocks/monotonic-clock@0.2.0",
];

/** A board with two sensors and an app that may use the first; the app is `main`. */
async function boardWith(main: (imports: AppImports) => Promise<void>, appImports = imports) {
  const clock = new FakeClock();
  const events: BoardEvent[] = [];
  const app = fakeComponent("./app.wasm", componentBytes(appImports, ["wasi:cli/run@0.2.0"]), (given) => ({
    "wasi:cli/run@0.2.0": { run: () => main(given as unknown as AppImports) },
  }));
  const sensor = (address: string) => ({ driver: "driver", i2c: { bus: 1, address } });
  const state = { fail: undefined as unknown };
  const driver = fakeArtifact(() => ({
    read: () => {
      if (state.fail !== undefined) throw state.fail;
      return Float64Array.of(21);
    },
  }));
  const board = await OpenBoard.open(
    parseBoard({
      devices: { indoor: sensor("0x76"), outdoor: sensor("0x77") },
      apps: { station: { component: "app", uses: ["indoor"] } },
    }),
    {
      clock,
      i2c: [new FakeBus()],
      loadComponent: async (specifier) => (specifier === "app" ? app : driver),
    },
  );
  board.listen((event) => events.push(event));
  const printed: string[] = [];
  const run = (signal?: AbortSignal) =>
    board.run("station", {
      output: (bytes) => printed.push(new TextDecoder().decode(bytes)),
      ...(signal && { signal }),
    });
  return { board, clock, events, printed, run, state };
}

describe("an app", () => {
  test("reads a device by its name, prints, and ends", async () => {
    const { run, printed } = await boardWith(async (given) => {
      const sensor = await given["busbar:device/sensor"].open("indoor");
      const [temperature] = await sensor.read();
      const stdout = given["wasi:cli/stdout"].getStdout();
      await stdout.blockingWriteAndFlush(new TextEncoder().encode(`${temperature} °C`));
    });
    await run();
    expect(printed).toEqual(["21 °C"]);
  });

  test("cannot open a device that the board does not let it use, and the operator is told", async () => {
    let payload: unknown;
    const { run, events } = await boardWith(async (given) => {
      await given["busbar:device/sensor"].open("outdoor").catch((thrown) => {
        payload = thrown.payload;
      });
    });
    await run();
    expect(payload).toMatchObject({ tag: "access-denied" });
    expect(events).toEqual([
      expect.objectContaining({ kind: "denied", device: "station", call: 'open("outdoor")', denied: "name" }),
    ]);
  });

  test("sees a driver's error as it is, and disconnected after a trap; closing then is quiet", async () => {
    const seen: unknown[] = [];
    const { run, state } = await boardWith(async (given) => {
      const sensor = await given["busbar:device/sensor"].open("indoor");
      state.fail = new ComponentError({ tag: "protocol", val: "a checksum is wrong" });
      await sensor.read().catch((thrown) => seen.push(thrown.payload.tag));
      state.fail = new WebAssembly.RuntimeError("unreachable");
      await sensor.read().catch((thrown) => seen.push(thrown.payload.tag));
      await sensor.close();
      state.fail = undefined;
      seen.push(await (await given["busbar:device/sensor"].open("indoor")).read());
    });
    await run();
    expect(seen).toEqual(["protocol", "disconnected", Float64Array.of(21)]);
  });

  test("waits by the board's clock", async () => {
    const { run, clock } = await boardWith(async (given) => {
      const { now, subscribeDuration } = given["wasi:clocks/monotonic-clock"];
      expect(now()).toBe(0n);
      await subscribeDuration(2_500_000_000n).block();
      expect(now()).toBe(2_500_000_000n);
      const ready = await given["wasi:io/poll"].poll([
        subscribeDuration(3_000_000_000n),
        subscribeDuration(1_000_000n),
      ]);
      expect(ready).toEqual(Uint32Array.of(1));
    });
    await run();
    expect(clock.now()).toBe(2501);
  });

  test("is ended by a signal, and its promise says why", async () => {
    const stop = new AbortController();
    const { run } = await boardWith(async (given) => {
      for (let turn = 0; ; turn += 1) {
        if (turn === 3) stop.abort(new Error("enough"));
        await given["wasi:clocks/monotonic-clock"].subscribeDuration(1_000_000n).block();
      }
    });
    await expect(run(stop.signal)).rejects.toThrow("enough");
  });

  test("that fails ends in an AppError", async () => {
    const { run } = await boardWith(async () => {
      throw new ComponentError(undefined);
    });
    await expect(run()).rejects.toThrow("station: it ended with an error.");
    const trapped = await boardWith(async () => {
      throw new WebAssembly.RuntimeError("unreachable");
    });
    await expect(trapped.run()).rejects.toThrow("station: it failed: unreachable.");
  });

  test("that imports what nothing grants does not start", async () => {
    await expect(boardWith(async () => {}, [...imports, "wasi:sockets/tcp@0.2.0"])).rejects.toThrow(
      "station: ./app.wasm imports wasi:sockets/tcp@0.2.0, which no line of a board file can grant; use another app.",
    );
  });

  test("that the board does not have", async () => {
    const { board } = await boardWith(async () => {});
    await expect(board.run("other", { output: () => {} })).rejects.toThrow(
      'the board has no app "other"; it has "station".',
    );
  });
});
