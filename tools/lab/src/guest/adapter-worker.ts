/** The thread that holds a simulated bus and serves it as a USB device. */
import { parentPort, workerData } from "node:worker_threads";
import { nodeClock } from "@busbar/host-node";
import { SimulatedI2cBus, simulatedBuses } from "@busbar/sim";
import { I2cTinyUsb, serveUsbIp } from "@busbar/sim/usbip";
import type { SimulatedTarget, WorkerMessage, WorkerRequest } from "./adapter-worker-client.ts";

const BUS = "lab";

function busOf(targets: readonly SimulatedTarget[]): SimulatedI2cBus {
  const entries = targets.map((target) => ({ ...target, i2c: BUS }));
  return simulatedBuses(entries, nodeClock).get(BUS) ?? new SimulatedI2cBus();
}

function tell(message: WorkerMessage): void {
  parentPort!.postMessage(message);
}

const { targets, serialNumber } = workerData as {
  targets: readonly SimulatedTarget[];
  serialNumber: string;
};
let bus = busOf(targets);
const adapter = new I2cTinyUsb({ bus: { begin: () => bus.begin() }, serialNumber });
const server = await serveUsbIp({ devices: [adapter], onError: (error) => console.error(error) });

parentPort!.on("message", (request: WorkerRequest) => {
  try {
    if (request.kind === "picture") {
      tell({ kind: "picture", picture: bus.render(request.address) });
      return;
    }
    bus = busOf(request.targets);
    tell({ kind: "replaced" });
  } catch (error) {
    tell({ kind: "failed", error });
  }
});
tell({ kind: "ready", port: server.port, busId: server.busIds[0]! });
