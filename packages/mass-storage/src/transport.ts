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
  type StatusWrapper,
} from "./bot.ts";
import { Phase } from "./phase.ts";

/** How often a command is tried, with a reset recovery between. All commands of this driver can be repeated. */
const ATTEMPTS = 3;

/** Reads of the status of one command: BOT figure 2 reads again after a stall, once. */
const STATUS_READS = 2;

/** Where the commands go. */
export interface BulkOnlyPipes {
  /** bInterfaceNumber. */
  readonly interfaceNumber: number;
  /** bEndpointAddress of the two bulk endpoints. */
  readonly inEndpoint: number;
  readonly outEndpoint: number;
  /** wMaxPacketSize of the IN endpoint, in bytes. */
  readonly inPacketBytes: number;
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

/** How a command ended. */
export interface CommandResult {
  /** bCSWStatus: whether the device did it; REQUEST SENSE tells why not. */
  readonly passed: boolean;
  /** How many bytes the device processed. */
  readonly processed: number;
  /** What was received: `processed` bytes, or none where the device sent them and then stalled. */
  readonly data: Uint8Array;
}

/** A command that is under way. */
export interface Flight {
  readonly tag: number;
  readonly command: Command;
  readonly wrapper: Phase;
  readonly data: Phase | undefined;
  readonly status: Phase;
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
  execute(command: Command, data: Uint8Array = nothing): CommandResult {
    let failure: Error | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      // What went wrong may have come from transfers that are queued ahead, which not every device bears.
      const together = this.#queue > 0 && attempt === 0;
      const flight = this.#start(command, data, together);
      const result = this.#finish(flight);
      if (!(result instanceof Disagreement)) {
        if (attempt > 0) this.#queue = 0;
        return result;
      }
      failure = result;
    }
    throw DriverError.protocol(
      `The device failed a command ${ATTEMPTS} times, the last time because ${failure?.message}; ` +
        "unplug it and plug it in again.",
      { cause: failure },
    );
  }

  /** Sends a command in IN direction without waiting for it. At most `queue` may be under way. */
  begin(command: Command): Flight {
    if (this.#flights.length >= this.#queue) throw new RangeError("more commands than the queue holds");
    const flight = this.#start(command, nothing, true);
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

  #start(command: Command, data: Uint8Array, together: boolean): Flight {
    this.#lastTag = (this.#lastTag + 1) >>> 0;
    const tag = this.#lastTag;
    const { inEndpoint, outEndpoint } = this.#pipes;
    const wrapper = encodeCommand(tag, command);
    const submitData = () =>
      command.direction === "in"
        ? this.#usb.submitIn(inEndpoint, command.length, this.#timeoutMs)
        : this.#usb.submitOut(outEndpoint, data, this.#timeoutMs);
    const flight: Flight = {
      tag,
      command,
      wrapper: new Phase(() => this.#usb.submitOut(outEndpoint, wrapper, this.#timeoutMs)),
      data: command.direction === "none" ? undefined : new Phase(submitData),
      status: new Phase(() => this.#submitStatus()),
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

  /** A whole packet, so that a device that sends more than a status shows it, and makes no overflow. */
  #submitStatus() {
    return this.#usb.submitIn(this.#pipes.inEndpoint, this.#pipes.inPacketBytes, this.#timeoutMs);
  }

  /** Waits for the end of a command; where that goes wrong, everything is brought back to the beginning. */
  #finish(flight: Flight): CommandResult | Disagreement {
    try {
      return this.#complete(flight);
    } catch (error) {
      const failed = disagreementOf(error);
      this.#drain(flight);
      const isTimeout = error instanceof UsbFault && error.code === "timeout";
      if (failed === undefined && !isTimeout) throw error;
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
    const answer = instead ? decodeStatus(data) : this.#readStatus(status);
    const transferred = instead ? 0 : data?.length;
    const completion = completionOf(tag, command, transferred, answer);
    if (completion === undefined) throw new Disagreement(describe(tag, answer));
    const { passed, processed } = completion;
    const received = command.direction === "in" && !instead && data !== undefined ? data : nothing;
    return { passed, processed, data: received.subarray(0, processed) };
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

  #readStatus(status: Phase): StatusWrapper {
    for (let attempt = 0; attempt < STATUS_READS; attempt += 1) {
      try {
        const bytes = status.wait();
        // A packet of nothing ends the data phase of some devices; the status comes after it.
        if (bytes.length > 0) return decodeStatus(bytes);
      } catch (error) {
        if (!isStall(error)) throw error;
        this.#usb.clearHalt(this.#pipes.inEndpoint);
      }
    }
    throw new Disagreement("it gave no status");
  }

  /** Ends all transfers of a command and waits until they are off the bus. */
  #drain(flight: Flight): void {
    for (const phase of [flight.wrapper, flight.data, flight.status]) phase?.drop();
  }

  /** BOT 5.3.4: Bulk-Only Mass Storage Reset, then the halts of both endpoints are cleared, IN first. */
  #recover(): void {
    for (const flight of this.#flights.splice(0)) {
      flight.lost = true;
      this.#drain(flight);
    }
    const { interfaceNumber, inEndpoint, outEndpoint } = this.#pipes;
    try {
      this.#usb.controlOut({
        type: "class",
        recipient: "interface",
        request: BULK_ONLY_RESET,
        index: interfaceNumber,
      });
    } catch (error) {
      // A device that does not know the request may still come back by the halts.
      if (!isStall(error)) throw error;
    }
    this.#usb.clearHalt(inEndpoint);
    this.#usb.clearHalt(outEndpoint);
  }
}

function describe(tag: number, { tag: answered, status }: StatusWrapper): string {
  if (answered !== tag) return "its status was that of another command";
  if (status === "phase-error") return "it reported a phase error";
  return status === "reserved"
    ? "it gave a status that does not exist"
    : "it left over more than was asked for";
}

function isStall(error: unknown): boolean {
  return error instanceof UsbFault && error.code === "pipe";
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
