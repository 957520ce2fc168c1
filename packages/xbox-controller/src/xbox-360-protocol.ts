/** The Xbox 360 controller's protocol on its pipes. Sources: see xbox-360.ts. */

import { DriverError, type UsbDevice } from "@busbar/guest";
import type { InterruptPipes } from "@busbar/hid";
import { STILL, type TriggerRumble, type XboxState } from "./state.ts";
import { buildXbox360Light, buildXbox360Rumble, parseXbox360Message, Xbox360Light } from "./xbox-360.ts";
import type { XboxProtocol } from "./xbox-controller.ts";

/** A vendor's request, which some makers' controllers wait for before they send anything: Linux' xpad driver. */
const WAKE_REQUEST = { type: "vendor", recipient: "interface", request: 0x01, value: 0x0100 } as const;
const WAKE_LENGTH = 20;
/** The maker's own controllers refuse it or do not answer; nobody else needs longer. */
const WAKE_TIMEOUT_MS = 25;

/** How to speak with an Xbox 360 controller. */
export class Xbox360Protocol implements XboxProtocol {
  readonly #usb: UsbDevice;
  readonly #interfaceNumber: number;
  readonly #pipes: InterruptPipes;
  readonly #player: number;

  /** @param player which quarter of the ring lights up, 1 to 4; 0 for none */
  constructor(usb: UsbDevice, interfaceNumber: number, pipes: InterruptPipes, player: number) {
    this.#usb = usb;
    this.#interfaceNumber = interfaceNumber;
    this.#pipes = pipes;
    this.#player = player;
  }

  start(): void {
    this.#wake();
    const light = this.#player === 0 ? Xbox360Light.OFF : Xbox360Light.ON_1 + this.#player - 1;
    this.#pipes.writeOptional("setting its light", buildXbox360Light(light));
  }

  apply(message: Uint8Array): XboxState | undefined {
    return parseXbox360Message(message);
  }

  /** There are no motors at the triggers. */
  rumble(rumble: TriggerRumble): void {
    this.#pipes.write(buildXbox360Rumble(rumble));
  }

  stop(): void {
    this.#pipes.writeOptional("stopping its motors", buildXbox360Rumble(STILL));
  }

  #wake(): void {
    try {
      this.#usb.controlIn({ ...WAKE_REQUEST, index: this.#interfaceNumber }, WAKE_LENGTH, WAKE_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof DriverError) || error.payload.tag === "disconnected") throw error;
    }
  }
}
