/**
 * Driver of Xbox 360, Xbox One and Xbox Series controllers with a cable. They speak two protocols of their maker's; this
 * shows both as one HID gamepad.
 *
 * Sources: see xbox-360.ts, xbox-one.ts and gip.ts.
 */

import { completeOptions, DriverError, integer, type OptionsOf, type UsbDevice } from "@busbar/guest";
import { type Clock, InterruptPipes, identify, TranslatedHid } from "@busbar/hid";
import {
  buildInputReport,
  parseOutputReport,
  XBOX_360_REPORT_DESCRIPTOR,
  XBOX_ONE_REPORT_DESCRIPTOR,
} from "./report.ts";
import type { TriggerRumble, XboxState } from "./state.ts";
import { XBOX_360_INTERFACE } from "./xbox-360.ts";
import { Xbox360Protocol } from "./xbox-360-protocol.ts";
import { XBOX_ONE_INTERFACE } from "./xbox-one.ts";
import { XboxOneProtocol } from "./xbox-one-protocol.ts";

/** The options, their defaults, and the settings of a board file. */
export const xboxControllerOptions = {
  /** Which quarter of an Xbox 360 controller's ring lights up; 0 for none. */
  player: integer({ minimum: 0, maximum: 4 }, 1),
};

/** What can be set; see `xboxControllerOptions`. */
export type XboxControllerOptions = OptionsOf<typeof xboxControllerOptions>;

/** What a driver of either protocol does. All methods throw DriverError. */
export interface XboxProtocol {
  /** Makes the controller send input. */
  start(): void;
  /** Takes a message; answers it where it must be. @returns `undefined` for one that says nothing about the controls */
  apply(message: Uint8Array): XboxState | undefined;
  /** Turns the motors. */
  rumble(rumble: TriggerRumble): void;
  /** Stops the motors, if the controller takes it within 500 ms. */
  stop(): void;
}

/** Both protocols have messages of at most one packet. */
const LONGEST_MESSAGE = 64;
/** Between two reports a controller has little else to say. */
const MAX_OTHER_MESSAGES = 256;

/** The driver of one controller. Every method throws DriverError. */
export class XboxController extends TranslatedHid {
  readonly #usb: UsbDevice;
  readonly #clock: Clock;
  readonly #pipes: InterruptPipes;
  readonly #protocol: XboxProtocol;
  #isRumbling = false;
  #closed = false;

  /**
   * Claims the controller's interface, makes it send input and begins to read. The device stays the caller's to close
   * when this throws.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` for a device that is none of these
   *   controllers; and all that UsbDevice throws
   */
  constructor(usb: UsbDevice, clock: Clock, options: Partial<XboxControllerOptions> = {}) {
    const { player } = completeOptions(xboxControllerOptions, options);
    const { interfaceNumber, isXboxOne } = findController(usb);
    const info = identify(usb);
    super(info, isXboxOne ? XBOX_ONE_REPORT_DESCRIPTOR : XBOX_360_REPORT_DESCRIPTOR);
    this.#usb = usb;
    this.#clock = clock;
    usb.claim(interfaceNumber);
    this.#pipes = new InterruptPipes(usb, interfaceNumber, clock);
    this.#protocol = isXboxOne
      ? new XboxOneProtocol(this.#pipes, info)
      : new Xbox360Protocol(usb, interfaceNumber, this.#pipes, player);
    this.#protocol.start();
    this.#pipes.listen(LONGEST_MESSAGE);
  }

  /** Stops the motors and gives the device back. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#isRumbling) this.#protocol.stop();
    } catch (error) {
      // A controller that is gone rumbles no more.
      if (!(error instanceof DriverError)) throw error;
    } finally {
      this.#pipes[Symbol.dispose]();
      this.#usb.close();
    }
  }

  protected override receive(timeoutMs: number): Uint8Array | undefined {
    this.#requireOpen();
    const endMs = this.#clock.nowMs() + timeoutMs;
    let leftMs = timeoutMs;
    for (let others = 0; others < MAX_OTHER_MESSAGES; others++) {
      const message = this.#pipes.read(leftMs);
      if (message === undefined) return undefined;
      const state = this.#protocol.apply(message);
      if (state !== undefined) return buildInputReport(state);
      leftMs = Math.max(0, endMs - this.#clock.nowMs());
    }
    return undefined;
  }

  protected override transmit(report: Uint8Array): void {
    this.#requireOpen();
    const isOn = report.some((motor) => motor > 0);
    // Also where the write fails: what was not acknowledged may have been done.
    this.#isRumbling ||= isOn;
    this.#protocol.rumble(parseOutputReport(report));
    this.#isRumbling = isOn;
  }

  #requireOpen(): void {
    if (this.#closed) throw DriverError.disconnected("The controller is closed; open it again.");
  }
}

function findController(usb: UsbDevice): { interfaceNumber: number; isXboxOne: boolean } {
  const xbox360 = usb.findInterface(XBOX_360_INTERFACE);
  if (xbox360 !== undefined) return { interfaceNumber: xbox360.interfaceNumber, isXboxOne: false };
  // Further interfaces of the same class are for sound and accessories.
  const xboxOne = usb.findInterface({ ...XBOX_ONE_INTERFACE, number: 0 });
  if (xboxOne !== undefined) return { interfaceNumber: 0, isXboxOne: true };
  throw DriverError.wrongDevice(
    "The device is no Xbox 360, Xbox One or Xbox Series controller with a cable; correct the driver in the board file.",
  );
}
