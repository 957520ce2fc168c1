/**
 * Bulk-only transport: command, data and status over two bulk endpoints, and the way back when something goes wrong.
 * BOT 1.0 section 5.3 and 6.
 */

import { DriverError, type UsbDevice, UsbFault } from "@busbar/guest";
import {
  BULK_ONLY_RESET,
  COMMAND_WRAPPER_BYTES,
  type Command,
  completionOf,
  decodeStatus,
  encodeCommand,
  isStatusOf,
  STATUS_WRAPPER_BYTES,
  type StatusWrapper,
  signatureOf,
} from "./bot.ts";
import { Phase } from "./phase.ts";

/** How often a command is tried, with a reset recovery between. All commands of this driver can be repeated. */
const ATTEMPTS = 3;

/** Reads of the status of one command: again after a stall, once (BOT figure 2), and after a packet of nothing, once. */
const STALLED_READS = 1;
const EMPTY_READS = 1;

/** How long the reset request may take: a device that does not know it may still come back by the halts. */
const RESET_TIMEOUT_MS = 500;

/** Where the commands go. */
export interface BulkOnlyPipes {
  /** bInterfaceNumber. */
  readonly interfaceNumber: number;
  /** bEndpointAddress of the two bulk endpoints. */
  readonly inEndpoint: number;
  readonly outEndpoint: number;
  /** wMaxPacketSize of the IN endpoint, in bytes. */
  readonly inPacketBytes: number;
  /** bAlternateSetting, 0 where left out: a port reset forgets it. */
  readonly alternateSetting?: number;
}

/** How commands are sent. */
export interface TransportOptions {
  /**
   * How many commands are submitted with all their transfers before the first one ends. 0: each transfer waits for the
   * one before.
   */
  readonly queue: 0 | 1 | 2;
  /** How long one transfer may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** How one command is sent, where it is not as all others. */
export interface ExecuteOptions {
  /** How long each of its transfers may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** How often it is tried where device and host come to disagree. */
  readonly attempts?: number;
}

/** How a command ended. */
export interface CommandResult {
  /** bCSWStatus: whether the device did it; REQUEST SENSE tells why not. */
  readonly passed: boolean;
  /** How many bytes the device says that it processed. */
  readonly processed: number;
  /** What was received, whatever the device says of it; nothing where it sent data and then stalled. */
  readonly data: Uint8Array;
}

/** A command that is under way. */
export interface Flight {
  readonly tag: number;
  readonly command: Command;
  readonly wrapper: Phase;
  readonly data: Phase | undefined;
  readonly status: Phase;
  /** It was sent before, and a reset recovery came between: no status of an earlier command is left. */
  readonly isRepeated: boolean;
  /** A reset recovery has ended it. */
  lost: boolean;
}

/** Host and device do not agree on where they are; a reset recovery is needed (BOT 6.5). The rest of a sentence. */
class Disagreement extends Error {
  override readonly name = "Disagreement";
}

const nothing = new Uint8Array();

/** One interface of a device. Every method throws DriverError. */
export class BulkOnlyTransport {
  readonly #usb: UsbDevice;
  readonly #pipes: BulkOnlyPipes;
  readonly #timeoutMs: number;
  readonly #flights: Flight[] = [];
  #queue: TransportOptions["queue"];
  #lastTag = 0;
  /** The signature of the first status, where it was not the right one. */
  #signature: number | undefined;
  #statusSeen = false;
  /** Whether a status ever had its command's tag; a device of which none has does not know tags. */
  #tags: "unknown" | "right" | "nonsense" = "unknown";
  /** Reset recoveries since the last command that came to an end. */
  #recoveries = 0;
  #mayResetPort = true;

  constructor(usb: UsbDevice, pipes: BulkOnlyPipes, { queue, timeoutMs }: TransportOptions) {
    this.#usb = usb;
    this.#pipes = pipes;
    this.#queue = queue;
    this.#timeoutMs = timeoutMs;
  }

  /** How many commands may be under way now: less than was set where the device does not bear it. */
  get queue(): TransportOptions["queue"] {
    return this.#queue;
  }

  /**
   * Sends a command and waits for its end, with all recovery. Nothing else may be under way.
   *
   * @param data what a command in OUT direction sends: `command.length` bytes
   * @throws DriverError `protocol` when the device does not come to terms; `timeout`; `disconnected`; `bus`
   */
  execute(
    command: Command,
    data: Uint8Array = nothing,
    { timeoutMs = this.#timeoutMs, attempts = ATTEMPTS }: ExecuteOptions = {},
  ): CommandResult {
    let failure: Error | undefined;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      // What went wrong may have come from transfers that are queued ahead, which not every device bears.
      const together = this.#queue > 0 && attempt === 0;
      const flight = this.#start(command, data, together, timeoutMs, attempt > 0);
      const result = this.#finish(flight);
      if (!(result instanceof Disagreement)) {
        if (attempt > 0) this.#queue = 0;
        return result;
      }
      failure = result;
    }
    throw DriverError.protocol(
      `The device failed a command ${attempts === 1 ? "" : `${attempts} times, the last time `}because ${failure?.message}; ` +
        "unplug it and plug it in again.",
      { cause: failure },
    );
  }

  /** Sends a command in IN direction without waiting for it. At most `queue` may be under way. */
  begin(command: Command): Flight {
    if (this.#flights.length >= this.#queue) throw new RangeError("more commands than the queue holds");
    const flight = this.#start(command, nothing, true, this.#timeoutMs, false);
    this.#flights.push(flight);
    return flight;
  }

  /**
   * Waits for the end of the oldest command that was begun.
   *
   * @returns `undefined` where a reset recovery has ended it: `execute` it anew
   */
  end(flight: Flight): CommandResult | undefined {
    if (flight.lost) return undefined;
    if (this.#flights[0] !== flight) throw new RangeError("commands end in the order of their begin");
    this.#flights.shift();
    const result = this.#finish(flight);
    return result instanceof Disagreement ? undefined : result;
  }

  #start(
    command: Command,
    data: Uint8Array,
    together: boolean,
    timeoutMs: number,
    isRepeated: boolean,
  ): Flight {
    this.#lastTag = (this.#lastTag + 1) >>> 0;
    const tag = this.#lastTag;
    const { inEndpoint, outEndpoint, inPacketBytes } = this.#pipes;
    const wrapper = encodeCommand(tag, command);
    const submitData = () =>
      command.direction === "in"
        ? this.#usb.submitIn(inEndpoint, command.length, timeoutMs)
        : this.#usb.submitOut(outEndpoint, data, timeoutMs);
    const flight: Flight = {
      tag,
      command,
      wrapper: new Phase(() => this.#usb.submitOut(outEndpoint, wrapper, timeoutMs)),
      data: command.direction === "none" ? undefined : new Phase(submitData),
      // A whole packet, so that a device that sends more than a status shows it, and makes no overflow.
      status: new Phase(() => this.#usb.submitIn(inEndpoint, inPacketBytes, timeoutMs)),
      isRepeated,
      lost: false,
    };
    if (!together) return flight;
    try {
      flight.wrapper.submit();
      flight.data?.submit();
      flight.status.submit();
    } catch (error) {
      this.#drain(flight);
      throw error;
    }
    return flight;
  }

  /** Waits for the end of a command; where that goes wrong, everything is brought back to the beginning. */
  #finish(flight: Flight): CommandResult | Disagreement {
    try {
      return this.#complete(flight);
    } catch (error) {
      const failed = disagreementOf(error);
      this.#drain(flight);
      if (failed === undefined && !isTimeout(error)) throw error;
      this.#recover();
      // A device that took so long once would take as long again.
      if (failed === undefined) throw error;
      return failed;
    }
  }

  #complete(flight: Flight): CommandResult {
    const { tag, command, wrapper, status } = flight;
    if (wrapper.wait().length !== COMMAND_WRAPPER_BYTES) {
      throw new Disagreement("it took only a part of the command");
    }
    const data = this.#transferData(flight);
    const instead = command.direction === "in" && data !== undefined && isStatusOf(tag, data);
    // Some devices that have no data send their status where data are awaited, instead of ending the phase first.
    if (instead) status.drop();
    const answer = this.#decode(tag, instead ? data : this.#readStatus(status));
    const transferred = instead ? 0 : data?.length;
    const completion = completionOf(this.#expectedTag(flight, answer), command, transferred, answer);
    if (completion === undefined) throw new Disagreement(describe(tag, answer));
    this.#recoveries = 0;
    const received = command.direction === "in" && !instead && data !== undefined ? data : nothing;
    return { ...completion, data: received };
  }

  /** As Linux does, the first status may have a signature of the device's own, which is as good from then on. */
  #decode(tag: number, bytes: Uint8Array): StatusWrapper {
    if (!this.#statusSeen && bytes.length === STATUS_WRAPPER_BYTES) {
      const signature = signatureOf(bytes);
      const own = decodeStatus(bytes, signature);
      if (own.tag === tag && own.status !== "reserved") this.#signature = signature;
    }
    const answer = decodeStatus(bytes, this.#signature);
    this.#statusSeen = true;
    return answer;
  }

  /** Some devices answer all commands with the same tag: after a reset recovery it can be no earlier command's. */
  #expectedTag({ tag, isRepeated }: Flight, { tag: answered, status }: StatusWrapper): number | undefined {
    if (answered === tag) this.#tags = "right";
    else if (this.#tags === "unknown" && isRepeated && (status === "passed" || status === "failed")) {
      this.#tags = "nonsense";
      this.#usb.warn("The device's status never has the tag of its command: tags are not looked at.");
    }
    return this.#tags === "nonsense" ? undefined : tag;
  }

  /** @returns what was received, or as many bytes as were sent; `undefined` after a stall, which hides it */
  #transferData({ command, data, status }: Flight): Uint8Array | undefined {
    if (data === undefined) return nothing;
    try {
      return data.wait();
    } catch (error) {
      if (!isStall(error)) throw error;
      // BOT 6.7.2 and 6.7.3: the device ends the data phase, and has a status as soon as the halt is cleared.
      if (command.direction === "in") {
        // The read that is queued behind cannot end while the endpoint is halted.
        status.drop();
        this.#usb.clearHalt(this.#pipes.inEndpoint);
      } else {
        this.#usb.clearHalt(this.#pipes.outEndpoint);
      }
      return undefined;
    }
  }

  #readStatus(status: Phase): Uint8Array {
    let [stalls, empty] = [STALLED_READS, EMPTY_READS];
    for (;;) {
      try {
        const bytes = status.wait();
        // A packet of nothing ends the data phase of some devices; the status comes after it.
        if (bytes.length > 0) return bytes;
        if (empty === 0) break;
        empty -= 1;
      } catch (error) {
        if (!isStall(error)) throw error;
        this.#usb.clearHalt(this.#pipes.inEndpoint);
        if (stalls === 0) break;
        stalls -= 1;
      }
    }
    throw new Disagreement("it gave no status");
  }

  /** Ends all transfers of a command and waits until they are off the bus. */
  #drain(flight: Flight): void {
    for (const phase of [flight.wrapper, flight.data, flight.status]) phase?.drop();
  }

  /**
   * Brings the device back to where a command can be sent: by the class's own reset, and where that has just not helped, or
   * fails, by a reset of the port, if the board allows it.
   *
   * @throws DriverError when neither is possible
   */
  #recover(): void {
    for (const flight of this.#flights.splice(0)) {
      flight.lost = true;
      this.#drain(flight);
    }
    this.#recoveries += 1;
    if (this.#recoveries > 1 && this.#resetPort()) return;
    try {
      this.#resetClass();
    } catch (error) {
      if (isGone(error) || !this.#resetPort()) throw error;
    }
  }

  /** BOT 5.3.4: Bulk-Only Mass Storage Reset, then the halts of both endpoints are cleared, IN first. */
  #resetClass(): void {
    const { interfaceNumber, inEndpoint, outEndpoint } = this.#pipes;
    const reset = {
      type: "class",
      recipient: "interface",
      request: BULK_ONLY_RESET,
      index: interfaceNumber,
    } as const;
    try {
      this.#usb.controlOut(reset, nothing, RESET_TIMEOUT_MS);
    } catch (error) {
      // A device that does not know the request, or does not answer it, may still come back by the halts.
      if (!isStall(error) && !isTimeout(error)) throw error;
    }
    this.#usb.clearHalt(inEndpoint);
    this.#usb.clearHalt(outEndpoint);
  }

  /** @returns whether it was done; a board that does not allow it is asked once */
  #resetPort(): boolean {
    if (!this.#mayResetPort) return false;
    const { interfaceNumber, alternateSetting = 0 } = this.#pipes;
    try {
      this.#usb.reset();
      if (alternateSetting !== 0) this.#usb.setAlternateSetting(interfaceNumber, alternateSetting);
      return true;
    } catch (error) {
      if (isGone(error) || !(error instanceof DriverError)) throw error;
      this.#mayResetPort = false;
      return false;
    }
  }
}

function describe(tag: number, { tag: answered, status }: StatusWrapper): string {
  if (answered !== tag) return "its status was that of another command";
  if (status === "phase-error") return "it reported a phase error";
  return "it gave a status that does not exist";
}

function isStall(error: unknown): boolean {
  return error instanceof UsbFault && error.code === "pipe";
}

function isTimeout(error: unknown): boolean {
  return error instanceof UsbFault && error.code === "timeout";
}

function isGone(error: unknown): boolean {
  return error instanceof DriverError && error.payload.tag === "disconnected";
}

/** What a reset recovery mends; `undefined` for anything else. */
function disagreementOf(error: unknown): Disagreement | undefined {
  if (error instanceof Disagreement) return error;
  if (error instanceof UsbFault) {
    const mendable = error.code === "pipe" || error.code === "io" || error.code === "overflow";
    return mendable ? new Disagreement(`a transfer failed (${error.code})`, { cause: error }) : undefined;
  }
  // A status that is not valid; everything else that the guest library throws has another tag.
  const invalid = error instanceof DriverError && error.payload.tag === "protocol";
  return invalid ? new Disagreement("its status was not valid", { cause: error }) : undefined;
}
