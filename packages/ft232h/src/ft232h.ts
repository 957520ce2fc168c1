/**
 * FTDI FT232H: an I2C or an SPI controller over USB, by its Multi-Protocol Synchronous Serial Engine.
 *
 * Data sheet: "FT232H Single Channel Hi-Speed USB to Multipurpose UART/FIFO IC", version 2.0; and the application notes that mpsse.ts
 * and spi-commands.ts name.
 */

import {
  BoardTimer,
  completeOptions,
  DriverError,
  type I2cControllerDriver,
  type I2cOperation,
  integer,
  type OptionsOf,
  oneOf,
  type SpiControllerDriver,
  type SpiOperation,
  type SpiWiring,
  type Time,
  type UsbDevice,
} from "@busbar/guest";
import { Engine } from "./engine.ts";
import { MpsseI2c } from "./i2c.ts";
import { MpsseSpi } from "./spi.ts";

/** The options, their defaults, and the settings of a board file. */
export const ft232hOptions = {
  /** Which bus its pins are: it has one set of them. */
  protocol: oneOf(["i2c", "spi"], "i2c"),
  /** The clock of the I2C bus in kHz, at most. On SPI each device has its own. */
  clockKhz: integer({ minimum: 10, maximum: 1000 }, 100),
};

/** What can be set; see `ft232hOptions`. */
export type FT232HOptions = OptionsOf<typeof ft232hOptions>;

/** The driver of one FT232H. */
export class FT232H implements I2cControllerDriver, SpiControllerDriver {
  readonly info = { vendor: "FTDI", model: "FT232H" };
  readonly i2cBuses = 1;
  readonly spiBuses = 1;

  readonly #engine: Engine;
  readonly #bus: MpsseI2c | MpsseSpi;

  /**
   * Makes a controller of the chip; of I2C, looks whether both lines are high.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device`, `protocol` and `bus` from the chip
   */
  constructor(device: UsbDevice, time: Time, given: Partial<FT232HOptions> = {}) {
    const { clockKhz, protocol } = completeOptions(ft232hOptions, given);
    this.#engine = new Engine(device);
    this.#bus =
      protocol === "spi"
        ? new MpsseSpi(this.#engine, new BoardTimer(time))
        : new MpsseI2c(this.#engine, clockKhz);
  }

  i2cTransaction(_bus: number, address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    if (this.#bus instanceof MpsseI2c) return this.#bus.transaction(address, operations);
    throw DriverError.unsupported(
      'The FT232H is set up for SPI, and has the same pins for I2C; set its "protocol" to "i2c" to use that.',
    );
  }

  spiTransaction(_bus: number, wiring: SpiWiring, operations: readonly SpiOperation[]): Uint8Array[] {
    if (this.#bus instanceof MpsseSpi) return this.#bus.transaction(wiring, operations);
    throw DriverError.unsupported(
      'The FT232H is set up for I2C, and has the same pins for SPI; set its "protocol" to "spi" to use that.',
    );
  }

  close(): void {
    this.#engine.close();
  }
}
