/**
 * The lines of a CP2112, by its model over USB/IP: first driven by the kernel's own driver, as a GPIO chip with edges that every host opens;
 * then, taken from the kernel, by our component through libusb. On the far side the same levels have to be.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { BoardFile, OpenBoard } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { inVirtualMachine, startUdevd } from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boardFile, describeOn, hosts, isWhole, onNode } from "./hosts.ts";
import type { LinesData, LinesReply, LinesRequest } from "./lines-worker.ts";
import { driver } from "./native-program.ts";
import { Random, SLOW_LIMITS } from "./support.ts";

/** What the kernel calls the chip. */
const KERNEL = "cp2112_gpio";

/** How often outputs are set to something, by each. */
const ROUNDS = 40;

const limits = SLOW_LIMITS;
const serialNumber = `busbar-${process.pid}-lines`;

/** The outputs that are compared, by their devices. */
const outputs = { pump: 1, lamp: 6, fan: 7 } as const;

type Line = NonNullable<NonNullable<BoardFile["devices"][string]["gpio"]>["lines"]>[string];

const line = (chip: string, offset: number, more: Partial<Line> = {}): Line =>
  ({ chip, line: offset, direction: "in", ...more }) as Line;

const relay = (chip: string, offset: number, more: Partial<Line> = {}) => ({
  driver: driver("relay"),
  gpio: { lines: { relay: line(chip, offset, { direction: "out", ...more }) } },
  limits,
});

/** A relay is active when its line is low, as most boards of them are; a fan only pulls its line low. */
const outputsOn = (chip: string): BoardFile["devices"] => ({
  pump: relay(chip, outputs.pump),
  lamp: relay(chip, outputs.lamp, { activeLevel: "active-low" }),
  fan: relay(chip, outputs.fan, { drive: "open-drain" }),
});

let worker: Worker;
let bus: number;
/** Whether the kernel took the adapter. */
let isThere = false;

async function ask(request: LinesRequest): Promise<LinesReply> {
  worker.postMessage(request);
  const [reply] = (await once(worker, "message")) as [LinesReply];
  return reply;
}

/** What the chip drives its lines to after each of some changes of outputs, and after the end. */
async function drivenBy(board: OpenBoard): Promise<LinesReply[]> {
  const random = new Random(5);
  const names = Object.keys(outputs) as (keyof typeof outputs)[];
  const switches = new Map(
    await Promise.all(names.map(async (name) => [name, await board.switch(name)] as const)),
  );
  const seen = [await ask("driven")];
  for (let round = 0; round < ROUNDS; round += 1) {
    await switches.get(names[random.below(names.length)]!)!.set(random.below(2) === 1);
    seen.push(await ask("driven"));
  }
  await board[Symbol.asyncDispose]();
  return [...seen, await ask("driven")];
}

describe.runIf(inVirtualMachine())("the lines of a CP2112", () => {
  let udevd: AsyncDisposable;
  beforeAll(async () => {
    udevd = await startUdevd();
    const presses = Array.from({ length: 900 }, (_, second) => [1000 * second, 500]);
    const workerData: LinesData = {
      serialNumber,
      parts: [
        { gpio: "pins", lines: { button: 2 }, model: "button", closed: "high", presses },
        {
          ...{ i2c: "far", address: 0x5f, model: "hts221", temperature: 21, humidity: 40 },
          lines: { "data-ready": { chip: "pins", line: 4 } },
        },
      ],
    };
    worker = new Worker(new URL("./lines-worker.ts", import.meta.url), { workerData });
    const [first] = (await once(worker, "message")) as [LinesReply];
    bus = Number(first);
    isThere = true;
  });
  afterAll(async () => {
    if (isThere) await ask("detach");
    await worker.terminate();
    await udevd[Symbol.asyncDispose]();
  });

  describeOn(hosts, "by the kernel", (host) => {
    const answer = async (...parameters: string[]) => {
      const { code, stdout, stderr } = await host.run(...parameters);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return stdout;
    };

    test("a relay is set", async () => {
      const path = await boardFile({ devices: { pump: relay(KERNEL, outputs.pump) } });
      expect(await answer("call", path, "pump", "on", "20")).toBe("null\n");
    });

    // With the whole set only: hid-cp2112 of Linux 6.1 sleeps with interrupts off when a line with edges is given back, and then now and then
    // a page of that process is a segmentation fault, whichever host it is of.
    test.runIf(isWhole)(
      "a button tells by edges that it was pressed, a sensor says when it has measured",
      async () => {
        const path = await boardFile({
          devices: {
            bell: { driver: driver("button"), gpio: { lines: { button: line(KERNEL, 2) } }, limits },
            indoor: {
              driver: driver("hts221", "data-ready"),
              i2c: { bus, address: "0x5F" },
              gpio: { lines: { "data-ready": line(KERNEL, 4) } },
              settings: { "rate-hz": 12.5 },
              limits,
            },
          },
        });
        const { changes } = JSON.parse(await answer("call", path, "bell", "next-changes", "60000"));
        expect(changes.length).toBeGreaterThan(0);
        expect(await answer("read", path, "indoor")).toMatch(/temperature +21\.0/);
      },
    );
  });

  describeOn([onNode], "by the kernel and by our component", () => {
    test("outputs are the same on the far side after each change, and let go of at the end", async () => {
      const byKernel = await drivenBy(await openBoard({ devices: outputsOn(KERNEL) }));
      const ours = await openBoard({
        bridges: {
          dongle: {
            driver: driver("cp2112"),
            usb: { vendorId: "0x10C4", productId: "0xEA90", interfaces: [0], serialNumber },
            limits,
          },
        },
        devices: outputsOn("dongle"),
      });
      const byUs = await drivenBy(ours);
      const outputsOf = (driven: LinesReply) =>
        Object.values(outputs).map((offset) => (driven as readonly unknown[])[offset]);
      expect(byUs.slice(0, -1).map(outputsOf)).toEqual(byKernel.slice(0, -1).map(outputsOf));
      // At the end the kernel leaves an output as it is.
      expect(outputsOf(byUs.at(-1)!)).toEqual([undefined, undefined, undefined]);
      // Each of what is compared was there; the fan's line is never driven high.
      const seenOf = (index: number) => new Set(byUs.slice(0, -1).map((each) => outputsOf(each)[index]));
      expect(seenOf(0)).toEqual(new Set(["low", "high"]));
      expect(seenOf(1)).toEqual(new Set(["low", "high"]));
      expect(seenOf(2)).toEqual(new Set(["low", undefined]));
    });
  });
});
