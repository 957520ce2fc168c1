import { defineSpiModel, type SpiTarget } from "@busbar/model";
import * as v from "valibot";

/** A wire from MOSI to MISO: what is sent is received at the same time. For trying a bus without a chip. */
export class SpiLoopback implements SpiTarget {
  select(): void {}

  transfer(received: number): number {
    return received;
  }

  release(): void {}
}

/** The model "spi-loopback" of the board file. */
export const spiLoopbackModel = defineSpiModel(v.strictObject({}), () => new SpiLoopback());
