import type { BoardFile, I2cBackend, OpenBoard, UsbBackend } from "@busbar/host";
import type { VirtualClock } from "@busbar/sim";
import type { Random } from "./random.ts";

/** A device that can go wrong. */
export interface FaultyBus {
  readonly i2c: readonly I2cBackend[];
  readonly usb: readonly UsbBackend[];
  /** Makes something go wrong at the next transfer. @returns what */
  strike(random: Random): string;
  /** From now on nothing goes wrong; what was pulled out is put back. */
  heal(): void;
}

/** A driver, its device, and what is done with them. */
export interface Subject {
  readonly name: string;
  /** The one device of its board, "it". */
  readonly device: NonNullable<BoardFile["devices"]>[string];
  /** Makes the device, with nothing wrong yet. */
  bus(clock: VirtualClock): FaultyBus;
  /**
   * Does something with the driver, opened if need be.
   *
   * @returns what is impossible about the answer; undefined where it is possible
   * @throws DeviceError or HostError, as the board does
   */
  operate(board: OpenBoard, random: Random): Promise<string | undefined>;
}
