/**
 * Holds the model of a CP2112, with parts at its pins and on its bus, and plugs it into this kernel: in a thread of its own, because the
 * test's blocks in system calls that the adapter has to answer.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Cp2112 } from "@busbar/cp2112/model";
import type { SimulateEntry } from "@busbar/host";
import { loadModels, nodeClock } from "@busbar/host-node";
import { attachUsbDevice } from "@busbar/lab/guest";
import { PinsOfModel, type SimulatedPins, simulatedBuses, simulatedGpio, type WireLevel } from "@busbar/sim";

/** What it is started with. */
export interface LinesData {
  readonly serialNumber: string;
  /** The parts: on lines 0 to 7 of the chip "pins", and on the bus "far". */
  readonly parts: SimulateEntry[];
}

/** What is asked of it: what it drives each of the eight lines to, undefined where it lets go; to be unplugged. */
export type LinesRequest = "driven" | "detach";

/** What it answers: first of all, unasked, the number of the bus that the kernel's driver has made. */
export type LinesReply = number | readonly (WireLevel | undefined)[] | "gone";

const { parts, serialNumber } = workerData as LinesData;
const answer = (reply: LinesReply) => parentPort!.postMessage(reply);
const models = await loadModels({ simulate: parts }, import.meta.dirname);
const { chips } = simulatedGpio(parts, nodeClock, models);
const bus = simulatedBuses(parts, nodeClock, models, chips).get("far")!;
const wires = new PinsOfModel(chips.chip("pins"));
const driven: (WireLevel | undefined)[] = Array.from({ length: 8 });
const pins: SimulatedPins = {
  drive(offset, level) {
    driven[offset] = level;
    wires.drive(offset, level);
  },
  level: (offset) => wires.level(offset),
};
const device = await attachUsbDevice(new Cp2112({ wires: bus.wires(), pins, serialNumber }, nodeClock));
await device.find(/\/gpiochip\d+$/);

parentPort!.on("message", async (request: LinesRequest) => {
  if (request === "driven") answer([...driven]);
  if (request === "detach") {
    await device.detach();
    answer("gone");
  }
});
answer(Number((await device.find(/\/i2c-\d+$/)).slice("i2c-".length)));
