import type { TransferSignal } from "./usb/device.ts";

/** What a model of a chip has of a clock. Nothing in it waits: it compares times. */
export interface ModelClock {
  /** Milliseconds on a clock that never goes back. Only differences mean anything. */
  now(): number;
}

/** What a model of a USB device has of a clock: its transfers may take time. */
export interface UsbModelClock extends ModelClock {
  /**
   * Resolves after at least `ms` milliseconds.
   *
   * @throws the signal's reason as soon as `signal` aborts
   */
  sleep(ms: number, signal?: TransferSignal): Promise<void>;
}
