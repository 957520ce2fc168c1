/** The thread that holds a simulated bus and serves it as a USB device. */
import { parentPort, workerData } from "node:worker_threads";
import { loadModels, nodeClock } from "@busbar/host-node";
import { SimulatedI2cBus, simulatedBuses } from "@busbar/sim";
import { I2cTinyUsb, serveUsbIp } from "@busbar/sim/usbip";
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
const adapter = new I2cTinyUsb({ bus: { begin: () => bus.begin() }, serialNumber });
const server = await serveUsbIp({ devices: [adapter], onError: (error) => console.error(error) });

parentPort!.on("message", async (request: WorkerRequest) => {
  try {
    if (request.kind === "picture") {
      tell({ kind: "picture", picture: bus.render(request.address) });
      return;
    }
    bus = await busOf(request.targets);
    tell({ kind: "replaced" });
  } catch (error) {
    tell({ kind: "failed", error });
  }
});
tell({ kind: "ready", port: server.port, busId: server.busIds[0]! });
