/**
 * Thermometers behind adapters on USB that this kernel has, one of them behind a multiplexer behind that: the components of adapters and
 * of tca9548a, of which no operating system knows what is behind them. An adapter is pulled out in the middle of readings, and plugged in
 * again. The models are in threads of their own: a host in this process may wait for them. WAMR's has no bridges.
 */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { BoardEvent, BoardFile } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { startUdevd, waitFor } from "@busbar/lab/guest";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AdapterData } from "./adapter-model-worker.ts";
import { type BoardUnderTest, boardFile, describeOn, onNode, times, wholeHosts } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { openAgain, SLOW_LIMITS } from "./support.ts";

const limits = SLOW_LIMITS;

/** The adapters, as a board file has them. */
const adapters: readonly (readonly [
  AdapterData["name"],
  NonNullable<BoardFile["bridges"]>[string]["usb"],
])[] = [
  ["i2c-tiny-usb", { vendorId: "0x0403", productId: "0xC631", interfaces: [0], allow: ["device-requests"] }],
  ["mcp2221a", { vendorId: "0x04D8", productId: "0x00DD", interfaces: [2] }],
  ["cp2112", { vendorId: "0x10C4", productId: "0xEA90", interfaces: [0] }],
  ["ch341a", { vendorId: "0x1A86", productId: "0x5512", interfaces: [0] }],
  ["ft232h", { vendorId: "0x0403", productId: "0x6014", interfaces: [0], allow: ["device-requests"] }],
];

/** An adapter that is plugged in. */
interface Plugged {
  /** Pulls it out, whatever is going on. */
  unplug(): Promise<void>;
}

async function plug(data: AdapterData): Promise<Plugged> {
  const worker = new Worker(new URL("./adapter-model-worker.ts", import.meta.url), { workerData: data });
  await once(worker, "message");
  return {
    async unplug() {
      const gone = once(worker, "message");
      worker.postMessage("unplug");
      await gone;
      await worker.terminate();
    },
  };
}

/**
 * Whether the kernel's drivers of human interface devices look at those that are plugged in. Linux 6.1's hid-mcp2221 asks the adapter before
 * it can hear it, six times four seconds, and nobody can take it meanwhile.
 */
function probeHid(probes: boolean): void {
  writeFileSync("/sys/bus/hid/drivers_autoprobe", probes ? "1" : "0");
}

describeOn(wholeHosts, "thermometers behind adapters", (host) => {
  const rounds = times(host, 20);
  let udevd: AsyncDisposable;
  beforeAll(async () => {
    udevd = await startUdevd();
    probeHid(false);
  });
  afterAll(async () => {
    probeHid(true);
    await udevd[Symbol.asyncDispose]();
  });

  it.each(adapters)("%s: one is read, and nobody else is there", { timeout: 300_000 }, async (name, usb) => {
    const adapter = await plug({
      name,
      serialNumber: `lab-${name}`,
      temperature: -12.5,
      isMultiplexed: false,
    });
    const thermometer = (address: string) => ({
      driver: driver("tmp102"),
      i2c: { bus: "dongle", address },
      limits,
    });
    const path = await boardFile({
      bridges: { dongle: { driver: driver(name), usb, limits } },
      devices: { outside: thermometer("0x48"), nobody: thermometer("0x49") },
    });
    await using board = await host.open(path);
    expect(await (await board.sensor("outside")).read()).toEqual({ temperature: -12.5 });
    await expect(board.sensor("nobody")).rejects.toMatchObject({ code: "bus" });
    expect(await (await board.sensor("outside")).read()).toEqual({ temperature: -12.5 });
    await board[Symbol.asyncDispose]();
    await adapter.unplug();
  });

  it(`behind tca9548a behind mcp2221a: one is read, disconnected with the adapter, and read again ${rounds} times`, {
    timeout: 600_000,
  }, async () => {
    const plugAt = (temperature: number) =>
      plug({ name: "mcp2221a", serialNumber: "lab-bridge", temperature, isMultiplexed: true });
    const path = await boardFile({
      bridges: {
        dongle: {
          driver: driver("mcp2221a"),
          usb: { vendorId: "0x04D8", productId: "0x00DD", interfaces: [2] },
          limits,
        },
        mux: { driver: driver("tca9548a"), i2c: { bus: "dongle", address: ["0x70", "0x48"] }, limits },
      },
      devices: { outside: { driver: driver("tmp102"), i2c: { bus: "mux:3", address: "0x48" }, limits } },
    });
    const events: BoardEvent[] = [];
    // What a host in another process refuses, its command tells; the readings say that it was nothing.
    const inThisProcess = () => openBoard(path, { onEvent: (event) => events.push(event) });
    await using board: BoardUnderTest = await (host.name === onNode.name ? inThisProcess() : host.open(path));
    let adapter = await plugAt(20);
    let sensor = await board.sensor("outside");
    const backMs: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      expect(await sensor.read()).toEqual({ temperature: 19 + round });
      // In the middle: one reading after the other, until one fails.
      const failure = waitFor("let a reading fail", () =>
        sensor.read().then(
          () => undefined,
          (error: { code?: string }) => error.code ?? String(error),
        ),
      );
      await adapter.unplug();
      expect(["disconnected", "bus"]).toContain(await failure);
      adapter = await plugAt(20 + round);
      const pluggedMs = performance.now();
      sensor = await openAgain(() => board.sensor("outside"));
      expect(await sensor.read()).toEqual({ temperature: 20 + round });
      backMs.push(performance.now() - pluggedMs);
    }
    const shown = backMs.map((ms) => Math.round(ms)).join(", ");
    console.log(`from plugged in to the next reading: ${shown} ms`);
    expect(events.filter(({ kind }) => kind === "denied" || kind === "would-be-denied")).toEqual([]);
    await board[Symbol.asyncDispose]();
    await adapter.unplug();
  });
});
