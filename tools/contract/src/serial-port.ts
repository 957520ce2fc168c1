/** What every USB driver of busbar:device/serial-port must do, whichever class or chip it drives. */

import type { BoardEvent, OpenBoard, SerialPort } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { type Oddity, SimulatedUsb, type UsbFaultKind, VirtualClock, withOddity } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { oddConfiguration } from "./odd-descriptors.ts";
import { requireTyped } from "./typed.ts";
import { expectUsbWorld } from "./usb-world.ts";

/** A simulated device, as `SimulatedUsb` takes it. */
type Device = Parameters<SimulatedUsb["plug"]>[1];

/** What the suite has to know of a driver. */
export interface SerialPortContract {
  /** The path of its built component. */
  readonly component: string;
  /** A new device with one port that sends back what it is sent. */
  readonly make: () => Device;
  /** A device that is no serial port. */
  readonly wrongDevice: Device;
  /** The requests that a port works without, by bmRequestType and bRequest in hex: "21/20". */
  readonly optional: readonly string[];
  /** As in the board file: what is granted of the device. */
  readonly grant: { readonly vendorId: string; readonly interfaces: readonly number[] };
}

/** What an optional request may take at most, and a little for the others. */
const OPTIONAL_MS = 500;
const FUZZ_RUNS = 150;

/** Declares the tests of one driver's built component. @param name what the tests are of: "CDC-ACM" */
export function serialPortContract(name: string, contract: SerialPortContract): void {
  const { component, make, optional, wrongDevice, grant } = contract;

  const made = (oddity: Oddity) => withOddity(make(), oddity);

  /** A board whose device "console" is this one. */
  async function boardWith(device: Device): Promise<{
    board: OpenBoard;
    clock: VirtualClock;
    usb: SimulatedUsb;
    events: BoardEvent[];
    /** Rejects when the board finds that no device is the one that it describes. */
    isMissing: Promise<never>;
    [Symbol.asyncDispose](): Promise<void>;
  }> {
    const clock = new VirtualClock();
    const usb = new SimulatedUsb(clock);
    usb.plug("1-1", device);
    const events: BoardEvent[] = [];
    const missing = Promise.withResolvers<never>();
    missing.promise.catch(() => undefined);
    const onEvent = (event: BoardEvent) => {
      events.push(event);
      if (event.kind === "lifecycle" && event.event === "waiting") {
        missing.reject(Object.assign(new Error(event.reason), { code: "not-found" }));
      }
    };
    const board = await openBoard(
      { devices: { console: { driver: component, usb: { ...grant, interfaces: [...grant.interfaces] } } } },
      { clock, i2c: [], usb: [usb], onEvent },
    );
    return {
      board,
      clock,
      usb,
      events,
      isMissing: missing.promise,
      [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
    };
  }

  async function expectEcho(port: SerialPort, text = "hello"): Promise<void> {
    const sent = new TextEncoder().encode(text);
    await port.write(sent);
    const received: number[] = [];
    while (received.length < sent.length) {
      const bytes = await port.read({ timeoutMs: 1000 });
      if (bytes.length === 0) break;
      received.push(...bytes);
    }
    expect(Uint8Array.from(received)).toEqual(sent);
  }

  async function openAndEcho(board: OpenBoard): Promise<void> {
    const port = await board.serialPort("console");
    try {
      await expectEcho(port);
    } finally {
      await port[Symbol.asyncDispose]().catch(requireTyped);
    }
  }

  describe(`${name} as a serial port`, () => {
    test("the component imports what its world declares and nothing more", () => {
      expectUsbWorld(component, "serial-port");
    });

    test("opens, sends, receives, closes, and opens again", async () => {
      await using bench = await boardWith(made({}));
      for (let round = 0; round < 3; round++) {
        const port = await bench.board.serialPort("console");
        await expectEcho(port);
        await port[Symbol.asyncDispose]();
      }
      expect(bench.events.filter(({ kind }) => kind === "warning" || kind === "denied")).toEqual([]);
    });

    test("a device that is no serial port is the wrong device", async () => {
      await using bench = await boardWith(wrongDevice);
      await expect(bench.board.serialPort("console")).rejects.toMatchObject({ code: "wrong-device" });
    });

    // R1: what is optional is optional.
    const sets = [...optional.map((each) => [each]), optional];
    test.each(sets.flatMap((set) => (["stall", "silent"] as const).map((how) => [how, set] as const)))(
      "%s on %j never keeps it shut, takes at most half a second each, and is said once",
      async (how, requests) => {
        await using bench = await boardWith(made({ [how]: requests }));
        for (let round = 0; round < 2; round++) {
          const beforeMs = bench.clock.now();
          const port = await bench.board.serialPort("console");
          expect(bench.clock.now() - beforeMs).toBeLessThanOrEqual(OPTIONAL_MS * requests.length);
          await expectEcho(port);
          await port[Symbol.asyncDispose]();
          await Promise.resolve();
        }
        const warnings = bench.events.filter((event) => event.kind === "warning");
        // Once for each opened port: opened twice here.
        expect(warnings.length).toBeLessThanOrEqual(2 * requests.length);
        expect(bench.events.filter(({ kind }) => kind === "lifecycle" || kind === "denied")).toEqual(
          bench.events.filter(({ kind }) => kind === "lifecycle").slice(0, 1),
        );
      },
    );

    // R2: one odd descriptor disables what needs it, never the device.
    test("odd descriptors of the class, well framed, never keep it shut", async () => {
      const usual = made({}).descriptors.configurations[0]!;
      for (let seed = 1; seed <= FUZZ_RUNS; seed++) {
        const configuration = oddConfiguration(usual, seed, "class");
        await using bench = await boardWith(made({ configuration }));
        const hex = Buffer.from(configuration).toString("hex");
        const port = await bench.board.serialPort("console").catch((error) => {
          throw new Error(`seed ${seed}, ${hex}: ${error}`, { cause: error });
        });
        await expectEcho(port, hex);
      }
    }, 120_000);

    test("any descriptors end in a port or a typed error, and never end the driver", async () => {
      const usual = made({}).descriptors.configurations[0]!;
      for (let seed = 1; seed <= FUZZ_RUNS; seed++) {
        await using bench = await boardWith(made({ configuration: oddConfiguration(usual, seed, "any") }));
        // A device without the interfaces that are granted is not wired to the driver at all.
        const opening = Promise.race([bench.board.serialPort("console"), bench.isMissing]);
        const outcome = await opening.then(
          async (port) => {
            await port.read({ timeoutMs: 1 }).catch(requireTyped);
            await port[Symbol.asyncDispose]().catch(requireTyped);
          },
          (error) => requireTyped(error),
        );
        expect(outcome).toBeUndefined();
        const turns = bench.events.filter((event) => event.kind === "lifecycle");
        expect(turns.filter((event) => JSON.stringify(event).includes("trap"))).toEqual([]);
      }
    }, 120_000);

    const faults: readonly UsbFaultKind[] = ["stall", "no-response", "short", "overflow"];
    test.each(faults)(
      "%s at each transfer of opening and reading ends in a typed error or a port, and the next ones work",
      async (fault) => {
        for (let transfer = 1; transfer <= 24; transfer++) {
          await using bench = await boardWith(made({}));
          bench.usb.unplug("1-1");
          bench.usb.plug("1-1", made({}), { faults: [{ fault, transfer }] });
          await bench.board.serialPort("console").then(
            async (port) => {
              await port.read({ timeoutMs: 1 }).catch(requireTyped);
              await port[Symbol.asyncDispose]().catch(requireTyped);
            },
            (error) => requireTyped(error),
          );
          // The fault may strike the next ones instead, but once only.
          for (let attempt = 1; ; attempt++) {
            const outcome = await openAndEcho(bench.board).then(
              () => undefined,
              (error: unknown) => ({ error }),
            );
            if (outcome === undefined) break;
            if (attempt === 3) throw outcome.error;
          }
        }
      },
    );
  });
}
