/** Runs SPI transactions in a thread of its own: the system call blocks, and the simulated port in the test's thread has to answer. */
import { parentPort } from "node:worker_threads";
import type { SpiOperation, SpiWiring } from "@busbar/host/backend";
import { linuxSpi } from "@busbar/host-node";

/** What is asked for. */
export interface SpiRequest {
  readonly bus: number;
  readonly wiring: SpiWiring;
  readonly operations: readonly SpiOperation[];
}

/** What it gave, or why it failed. */
export type SpiReply = { readonly received: readonly Uint8Array[] } | { readonly failed: string };

parentPort!.on("message", ({ bus, wiring, operations }: SpiRequest) => {
  const answer = (reply: SpiReply) => parentPort!.postMessage(reply);
  try {
    const device = linuxSpi().openSpi(bus, wiring)!;
    try {
      answer({ received: device.transaction(operations) });
    } finally {
      device.close();
    }
  } catch (error) {
    answer({ failed: String(error) });
  }
});
