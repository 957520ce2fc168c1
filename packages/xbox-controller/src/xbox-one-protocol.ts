/** The Game Input Protocol on the pipes of an Xbox One or Xbox Series controller. Sources: see gip.ts and xbox-one.ts. */

import type { InterruptPipes } from "@busbar/hid";
import { acknowledgeGipMessage, GipCommand, parseGipMessage } from "./gip.ts";
import { STILL, type TriggerRumble, type XboxState } from "./state.ts";
import type { XboxProtocol } from "./xbox-controller.ts";
import { buildXboxOneRumble, XboxOneDecoder } from "./xbox-one.ts";
import { hasShareButton, type XboxIdentity, xboxOneStart } from "./xbox-one-start.ts";

/** How to speak with an Xbox One or Xbox Series controller. */
export class XboxOneProtocol implements XboxProtocol {
  readonly #pipes: InterruptPipes;
  readonly #identity: XboxIdentity;
  readonly #decoder: XboxOneDecoder;
  #sequence = 0;

  constructor(pipes: InterruptPipes, identity: XboxIdentity) {
    this.#pipes = pipes;
    this.#identity = identity;
    this.#decoder = new XboxOneDecoder(hasShareButton(identity));
  }

  start(): void {
    for (const message of xboxOneStart(this.#identity, () => this.#nextSequence())) {
      // Which of them a controller can do without differs from model to model.
      this.#pipes.writeOptional("starting it", message);
    }
  }

  apply(bytes: Uint8Array): XboxState | undefined {
    const message = parseGipMessage(bytes);
    if (message === undefined) return undefined;
    if (message.needsAcknowledge) {
      this.#pipes.writeOptional("acknowledging a message", acknowledgeGipMessage(message));
    }
    // It has started anew, by itself, and has forgotten everything.
    if (message.command === GipCommand.ANNOUNCE && message.client === 0) this.start();
    return this.#decoder.apply(message);
  }

  rumble(rumble: TriggerRumble): void {
    this.#pipes.write(buildXboxOneRumble(this.#nextSequence(), rumble));
  }

  stop(): void {
    this.#pipes.writeOptional("stopping its motors", buildXboxOneRumble(this.#nextSequence(), STILL));
  }

  /** 1 to 255, and again: 0 is no sequence number. */
  #nextSequence(): number {
    this.#sequence = (this.#sequence % 0xff) + 1;
    return this.#sequence;
  }
}
