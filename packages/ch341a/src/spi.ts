/** The SPI bus at D0 to D7: its transactions, packet by packet. */

import { DriverError, type SpiOperation, type SpiWiring, type Timer } from "@busbar/guest";
import type { Packets } from "./packets.ts";
import {
  checkWiring,
  inWireOrder,
  letGoPacket,
  MOST_MOVED,
  movePacket,
  releasePacket,
  selectPacket,
} from "./spi-stream.ts";

/** The SPI bus of a chip, whose pins are left alone until it is used. */
export class SpiBus {
  readonly #packets: Packets;
  readonly #time: Timer;
  #isUsed = false;

  constructor(packets: Packets, time: Timer) {
    this.#packets = packets;
    this.#time = time;
  }

  /** As `SpiControllerDriver.spiTransaction`. */
  transaction(wiring: SpiWiring, operations: readonly SpiOperation[]): Uint8Array[] {
    checkWiring(wiring);
    this.#isUsed = true;
    const results: Uint8Array[] = [];
    try {
      this.#packets.send(selectPacket(wiring.chipSelect));
      for (const operation of operations) {
        if ("delayNs" in operation) this.#time.waitNs(operation.delayNs);
        else if ("write" in operation) this.#move(operation.write, wiring.lsbFirst);
        else {
          const sent = "read" in operation ? new Uint8Array(operation.read) : operation.transfer;
          results.push(this.#move(sent, wiring.lsbFirst));
        }
      }
    } catch (error) {
      this.#packets.recover(error, releasePacket);
      throw error;
    }
    this.#packets.send(releasePacket);
    return results;
  }

  /** Makes inputs of the pins, where they were used. */
  close(): void {
    if (!this.#isUsed) return;
    try {
      this.#packets.send(letGoPacket);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
    }
  }

  /** @returns what came meanwhile */
  #move(bytes: Uint8Array, lsbFirst: boolean): Uint8Array {
    const sent = inWireOrder(bytes, lsbFirst);
    const received = new Uint8Array(bytes.length);
    for (let start = 0; start < sent.length; start += MOST_MOVED) {
      const piece = sent.subarray(start, start + MOST_MOVED);
      const doing = `moving ${bytes.length} bytes on the SPI bus`;
      received.set(this.#packets.ask(movePacket(piece), piece.length, doing), start);
    }
    return inWireOrder(received, lsbFirst);
  }
}
