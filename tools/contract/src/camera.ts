/** What every USB driver of busbar:device/camera must do, whichever class or chip it drives. */

import type { BoardEvent, Camera, OpenBoard } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { randomBytes, SimulatedUsb, type UsbFaultKind, VirtualClock, withOddity } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import type { Settings } from "./forms.ts";
import { oddConfiguration } from "./odd-descriptors.ts";
import { requireTyped } from "./typed.ts";
import { expectUsbWorld } from "./usb-world.ts";

/** A simulated device, as `SimulatedUsb` takes it. */
type Device = Parameters<SimulatedUsb["plug"]>[1];

/** A simulated camera that knows its pictures. */
type SimulatedCamera = Device & {
  /** The picture with this number of the mode that runs. */
  picture(number: number): Uint8Array;
};

/** What the suite has to know of a driver. */
export interface CameraContract {
  /** The path of its built component. */
  readonly component: string;
  /** A new camera, with transfers that the simulated USB has: bulk. */
  readonly make: (clock: VirtualClock) => SimulatedCamera;
  /** A device that is no camera. */
  readonly wrongDevice: Device;
  /** Settings that the driver must refuse, one set for each test. */
  readonly badSettings: readonly Settings[];
  /** As in the board file: what is granted of the device. */
  readonly grant: { readonly vendorId: string; readonly interfaces: readonly number[] };
}

const PATIENCE_MS = 5000;
const FUZZ_RUNS = 100;
const FAULTS: readonly UsbFaultKind[] = ["stall", "no-response", "short", "overflow"];

/** Declares the tests of one driver's built component. @param name what the tests are of: "UVC" */
export function cameraContract(name: string, contract: CameraContract): void {
  const { component, make, wrongDevice, badSettings, grant } = contract;

  /** A board whose device "webcam" is this one. */
  async function boardWith(makeDevice: (clock: VirtualClock) => Device, settings: Settings = {}) {
    const clock = new VirtualClock();
    const usb = new SimulatedUsb(clock);
    usb.plug("1-1", makeDevice(clock));
    const events: BoardEvent[] = [];
    const missing = Promise.withResolvers<never>();
    missing.promise.catch(() => undefined);
    const onEvent = (event: BoardEvent) => {
      events.push(event);
      if (event.kind === "lifecycle" && event.event === "waiting") {
        missing.reject(Object.assign(new Error(event.reason), { code: "not-found" }));
      }
    };
    const webcam = { driver: component, usb: { ...grant, interfaces: [...grant.interfaces] }, settings };
    const board: OpenBoard = await openBoard(
      { devices: { webcam } },
      { clock, i2c: [], usb: [usb], onEvent },
    );
    const trapped = () => events.filter((event) => JSON.stringify(event).includes("trap"));
    return {
      board,
      usb,
      events,
      trapped,
      /** Rejects when the board finds that no device is the one that it describes. */
      isMissing: missing.promise,
      [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
    };
  }

  /** Starts a mode, and expects its first pictures, byte for byte. */
  async function expectPictures(
    camera: Camera,
    device: SimulatedCamera,
    mode: number,
    count = 3,
  ): Promise<void> {
    await camera.start(mode);
    let timeMs = Number.NEGATIVE_INFINITY;
    for (let number = 0; number < count; number += 1) {
      const frame = await camera.nextFrame({ timeoutMs: PATIENCE_MS });
      expect(frame?.sequence).toBe(number);
      expect(Buffer.compare(frame!.data, device.picture(number))).toBe(0);
      expect(frame!.timeMs).toBeGreaterThanOrEqual(timeMs);
      timeMs = frame!.timeMs;
    }
    await camera.stop();
  }

  async function openAndExpect(board: OpenBoard, device: SimulatedCamera): Promise<void> {
    const camera = await board.camera("webcam");
    try {
      await expectPictures(camera, device, 0);
    } finally {
      await camera[Symbol.asyncDispose]().catch(requireTyped);
    }
  }

  /** Does everything once; what fails is an error that a caller can act on. */
  async function tryAll(board: OpenBoard, isMissing: Promise<never>): Promise<void> {
    const opening = Promise.race([board.camera("webcam"), isMissing]);
    await opening.then(
      async (camera) => {
        await camera.start(0).catch(requireTyped);
        await camera.nextFrame({ timeoutMs: 1000 }).catch(requireTyped);
        await camera.stop().catch(requireTyped);
        await camera[Symbol.asyncDispose]().catch(requireTyped);
      },
      (error) => requireTyped(error),
    );
  }

  describe(`${name} as a camera`, () => {
    test("the component imports what its world declares and nothing more", () => {
      expectUsbWorld(component, "camera");
    });

    test("opens, gives the pictures of every mode, stops, closes, and opens again", async () => {
      let device!: SimulatedCamera;
      await using bench = await boardWith((clock) => {
        device = make(clock);
        return device;
      });
      for (let round = 0; round < 2; round += 1) {
        const camera = await bench.board.camera("webcam");
        for (const mode of camera.modes.keys()) await expectPictures(camera, device, mode);
        // One that runs is stopped by the next.
        await camera.start(0);
        await expectPictures(camera, device, camera.modes.length - 1);
        await camera.stop();
        await camera[Symbol.asyncDispose]();
        await camera[Symbol.asyncDispose]();
      }
      expect(bench.events.filter(({ kind }) => kind === "warning" || kind === "denied")).toEqual([]);
    });

    test("gives no picture before it is started, nor after it is stopped", async () => {
      await using bench = await boardWith(make);
      const camera = await bench.board.camera("webcam");
      await expect(camera.nextFrame({ timeoutMs: 0 })).rejects.toMatchObject({ code: "invalid-argument" });
      await camera.start(0);
      await camera.stop();
      await expect(camera.nextFrame({ timeoutMs: 0 })).rejects.toMatchObject({ code: "invalid-argument" });
    });

    test("a device that is no camera is the wrong device", async () => {
      await using bench = await boardWith(() => wrongDevice);
      await expect(bench.board.camera("webcam")).rejects.toMatchObject({ code: "wrong-device" });
    });

    test.each([...badSettings, { "no-such-setting": "1" }])(
      "the bad settings %j are refused",
      async (settings) => {
        await using bench = await boardWith(make, settings);
        await expect(bench.board.camera("webcam")).rejects.toMatchObject({ code: "invalid-argument" });
      },
    );

    test("one that is pulled out is disconnected, and works when it is back", async () => {
      let device!: SimulatedCamera;
      const made = (clock: VirtualClock) => {
        device = make(clock);
        return device;
      };
      await using bench = await boardWith(made);
      const camera = await bench.board.camera("webcam");
      await camera.start(0);
      await camera.nextFrame({ timeoutMs: PATIENCE_MS });
      bench.usb.unplug("1-1");
      await expect(
        (async () => {
          for (;;) await camera.nextFrame({ timeoutMs: PATIENCE_MS });
        })(),
      ).rejects.toMatchObject({ code: "disconnected" });
      bench.usb.plug("1-1", device);
      await openAndExpect(bench.board, device);
    });

    test("any descriptors end in a camera or a typed error, and never end the driver", async () => {
      const usual = make(new VirtualClock()).descriptors.configurations[0]!;
      for (let seed = 1; seed <= FUZZ_RUNS; seed += 1) {
        const configuration = oddConfiguration(usual, seed, "any");
        await using bench = await boardWith((clock) => withOddity(make(clock), { configuration }));
        await tryAll(bench.board, bench.isMissing);
        expect(bench.trapped()).toEqual([]);
      }
    }, 120_000);

    test("any bytes instead of pictures end in none or a typed error, and never end the driver", async () => {
      for (let seed = 1; seed <= FUZZ_RUNS; seed += 1) {
        await using bench = await boardWith((clock) => withNoise(make(clock), seed));
        await tryAll(bench.board, bench.isMissing);
        expect(bench.trapped()).toEqual([]);
      }
    }, 120_000);

    test.each(FAULTS)(
      "%s at each transfer ends in a typed error or none, and the next start works",
      async (fault) => {
        for (let transfer = 1; transfer <= 20; transfer += 1) {
          let device!: SimulatedCamera;
          await using bench = await boardWith((clock) => {
            device = make(clock);
            return device;
          });
          bench.usb.inject("1-1", { fault, transfer });
          await tryAll(bench.board, bench.isMissing);
          // The fault may strike the next ones instead, but once only.
          for (let attempt = 1; ; attempt += 1) {
            const outcome = await openAndExpect(bench.board, device).then(
              () => undefined,
              (error: unknown) => ({ error }),
            );
            if (outcome === undefined) break;
            if (attempt === 3) throw outcome.error;
          }
          expect(bench.trapped()).toEqual([]);
        }
      },
    );
  });
}

/** The same camera, which sends noise: a byte or two in ten are changed, or all of them. */
function withNoise(device: Device, seed: number): Device {
  const random = randomBytes(seed);
  const share = random();
  return new Proxy(device, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== "transferIn" || typeof value !== "function") {
        return typeof value === "function" ? value.bind(target) : value;
      }
      return async (...parameters: unknown[]) => {
        const data: Uint8Array = await value.apply(target, parameters);
        return data.map((byte, index) => (index < 12 && random() < share ? random() : byte));
      };
    },
  });
}
