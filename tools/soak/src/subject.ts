import type { Random } from "@busbar/fuzz";
import type { BoardFile, OpenBoard } from "@busbar/host";
import type { I2cBackend, UsbBackend } from "@busbar/host/backend";
import type { VirtualClock } from "@busbar/sim";

/** A device that can go wrong. */
export interface FaultyBus {
  readonly i2c: readonly I2cBackend[];
  readonly usb: readonly UsbBackend[];
  /** Makes something go wrong at the next transfer. @returns what */
  strike(random: Random): string;
  /** From now on nothing goes wrong; what was pulled out is put back. */
  heal(): void;
}

/** An opened device, and what is done with it. */
export interface Opened extends AsyncDisposable {
  /**
   * Does something with it.
   *
   * @returns what is impossible about the answer; undefined where it is possible
   * @throws DeviceError
   */
  operate(random: Random): Promise<string | undefined>;
}

/** A driver and its device. */
export interface Subject {
  readonly name: string;
  /** The one device of its board, "it". */
  readonly device: NonNullable<BoardFile["devices"]>[string];
  /** Makes the device, with nothing wrong yet. */
  bus(clock: VirtualClock): FaultyBus | Promise<FaultyBus>;
  /** Opens the device. @throws DeviceError or HostError, as the board does */
  open(board: OpenBoard): Promise<Opened>;
}
