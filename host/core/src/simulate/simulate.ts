import type { Clock } from "../clock.ts";
import type { I2cBackend } from "../i2c/backend.ts";

/**
 * One entry of the board file's `simulate` list: where a simulated device sits, which model it is, and the model's own
 * parameters, which the model checks.
 */
export interface SimulateEntry {
  /** The name of the simulated bus. */
  readonly i2c: string;
  /** The 7-bit address. */
  readonly address: number;
  /** The name of the device model: "bme280", "registers". */
  readonly model: string;
  /** Parameters of the model. */
  readonly [parameter: string]: unknown;
}

/**
 * Makes the simulated buses of a board. The host knows no simulator; `@busbar/sim` is one.
 *
 * @throws HostError with code "board" when a model or one of its parameters is unknown or wrong
 */
export type Simulate = (entries: readonly SimulateEntry[], clock: Clock) => I2cBackend;
