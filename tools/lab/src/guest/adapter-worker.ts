/** The thread that holds a simulated bus and serves it as a USB device. */
import { parentPort, workerData } from "node:worker_threads";
import { loadModels, nodeClock } from "@busbar/host-node";
import { I2cTinyUsb } from "@busbar/i2c-tiny-usb/model";
import type { I2cWires } from "@busbar/model";
import { SimulatedI2cBus, simulatedBuses } from "@busbar/sim";
import { serveUsbIp } from "@busbar/sim/usbip";
import type { SimulatedTarget, WorkerMessage, WorkerRequest } from "./adapter-worker-client.ts";

const BUS = "lab";

async function busOf(targets: readonly SimulatedTarget[]): Promise<SimulatedI2cBus> {
  const entries = targets.map((target) => ({ ...target, i2c: BUS }));
  const models = await loadModels({ simulate: entries }, import.meta.dirname);
  return simulatedBuses(entries, nodeClock, models).get(BUS) ?? new SimulatedI2cBus();
}

function tell(message: WorkerMessage): void {
  parentPort!.postMessage(message);
}

const { targets, serialNumber } = workerData as {
  targets: readonly SimulatedTarget[];
  serialNumber: string;
};
let bus = await busOf(targets);
let current: I2cWires = bus.wires();
/** The wires of the bus that is there now. */
const wires: I2cWires = {
  start: (address, direction) => current.start(address, direction),
  write: (byte) => current.write(byte),
  read: () => current.read(),
  stop: () => current.stop(),
};
const adapter = new I2cTinyUsb({ wires, serialNumber });
const server = await serveUsbIp({ devices: [adapter], onError: (error) => console.error(error) });

parentPort!.on("message", async (request: WorkerRequest) => {
  try {
    if (request.kind === "picture") {
      tell({ kind: "picture", picture: bus.render(request.address) });
      return;
    }
    bus = await busOf(request.targets);
    current = bus.wires();
    tell({ kind: "replaced" });
  } catch (error) {
    tell({ kind: "failed", error });
  }
});
tell({ kind: "ready", port: server.port, busId: server.busIds[0]! });
