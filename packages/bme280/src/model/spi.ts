import { Bme280 } from "./bme280.ts";

/**
 * The registers of the chip as they are chosen by SPI: seven bits, because bit 7 of the first byte says "read"; all registers of the
 * chip have a 1 there (BST-BME280-DS002 section 6.3).
 */
export class Bme280SpiRegisters extends Bme280 {
  protected override chooseRegister(byte: number): number {
    return byte | 0x80;
  }
}
