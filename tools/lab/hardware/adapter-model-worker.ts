/**
 * Holds an adapter by its model, with a thermometer behind it, and plugs it into this kernel: in a thread of its own, because the test's
 * blocks in system calls that the adapter has to answer.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Ch341a } from "@busbar/ch341a/model";
import { Cp2112 } from "@busbar/cp2112/model";
import { Ft232h } from "@busbar/ft232h/model";
import { nodeClock } from "@busbar/host-node";
import { I2cTinyUsb } from "@busbar/i2c-tiny-usb/model";
import { attachUsbDevice } from "@busbar/lab/guest";
import { Mcp2221a } from "@busbar/mcp2221a/model";
import { type I2cWires, simulatedBuses, type UsbDevice } from "@busbar/sim";
import tca9548a from "@busbar/tca9548a/model";
import tmp102 from "@busbar/tmp102/model";

/** The models. */
const models = {
  "i2c-tiny-usb": (wires, serialNumber) => new I2cTinyUsb({ wires, serialNumber }),
  mcp2221a: (wires, serialNumber) => new Mcp2221a({ wires, serialNumber }, nodeClock),
  cp2112: (wires, serialNumber) => new Cp2112({ wires, serialNumber }, nodeClock),
  ch341a: (wires, serialNumber) => new Ch341a({ wires, serialNumber }),
  ft232h: (wires, serialNumber) => new Ft232h({ wires, serialNumber }, nodeClock),
} as const satisfies Record<string, (wires: I2cWires, serialNumber: string) => UsbDevice>;

/** What it is started with. */
export interface AdapterData {
  readonly name: keyof typeof models;
  readonly serialNumber: string;
  /** Of the thermometer. */
  readonly temperature: number;
  /** Whether that is behind the fourth bus of a multiplexer. */
  readonly isMultiplexed: boolean;
}

const { name, serialNumber, temperature, isMultiplexed } = workerData as AdapterData;
const thermometer = { address: 0x48, model: "tmp102", temperature };
const buses = simulatedBuses(
  isMultiplexed
    ? [
        { i2c: "near", address: 0x70, model: "tca9548a", buses: [null, null, null, "far"] },
        { i2c: "far", ...thermometer },
      ]
    : [{ i2c: "near", ...thermometer }],
  nodeClock,
  new Map<string, unknown>([
    ["tca9548a", tca9548a],
    ["tmp102", tmp102],
  ]),
);
const device = await attachUsbDevice(models[name](buses.get("near")!.wires(), serialNumber));
parentPort!.once("message", async () => {
  await device.unplug();
  parentPort!.postMessage("gone");
  parentPort!.close();
});
parentPort!.postMessage("there");
