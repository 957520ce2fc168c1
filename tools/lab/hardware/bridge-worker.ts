/**
 * Holds the model of an adapter, with recorded wires behind it, and plugs it into this kernel: in a thread of its own, because the test's
 * blocks in system calls that the adapter has to answer.
 */
import { readdir } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { Cp2112 } from "@busbar/cp2112/model";
import { nodeClock } from "@busbar/host-node";
import { I2cTinyUsb } from "@busbar/i2c-tiny-usb/model";
import { attachUsbDevice, waitFor } from "@busbar/lab/guest";
import { Mcp2221a } from "@busbar/mcp2221a/model";
import type { UsbDevice } from "@busbar/sim/usbip";
import { RecordedWires } from "./recorded-wires.ts";

/** The models. */
const models = {
  "i2c-tiny-usb": (serialNumber) => new I2cTinyUsb({ wires, serialNumber }),
  mcp2221a: (serialNumber) => new Mcp2221a({ wires, serialNumber }, nodeClock),
  cp2112: (serialNumber) => new Cp2112({ wires, serialNumber }, nodeClock),
} as const satisfies Record<string, (serialNumber: string) => UsbDevice>;

/** What it is started with. */
export interface BridgeWorkerData {
  readonly name: keyof typeof models;
  readonly serialNumber: string;
}

/** What is asked of it: what the wires saw since that was asked last, fresh registers behind them, to be unplugged. */
export type BridgeRequest = "take" | "renew" | "detach";

/** What it answers to each; first of all, unasked, the number of the bus that the kernel's driver made of the adapter. */
export type BridgeReply = number | string;

const { name, serialNumber } = workerData as BridgeWorkerData;
const wires = new RecordedWires();
const answer = (reply: BridgeReply) => parentPort!.postMessage(reply);
const before = await busNumbers();
const device = await attachUsbDevice(models[name](serialNumber));

parentPort!.on("message", async (request: BridgeRequest) => {
  if (request === "take") answer(wires.take());
  if (request === "renew") {
    wires.renew();
    answer("");
  }
  if (request === "detach") {
    await device.detach();
    answer("");
  }
});
answer(
  // By what is new: hid-mcp2221 of Linux 6.1 does not say which device its adapter is of. Its probe takes half a minute, because no answer
  // of the chip reaches it before it is over (mended in 6.9), and then has to be waited for.
  await waitFor("make an I2C adapter of the USB device", async () =>
    (await busNumbers()).find((number) => !before.includes(number)),
  ),
);

/** The N of each i2c-N that is there. */
async function busNumbers(): Promise<number[]> {
  const names = await readdir("/sys/bus/i2c/devices");
  return names.flatMap((name) => (name.startsWith("i2c-") ? [Number(name.slice("i2c-".length))] : []));
}
