import type { TransferSignal, UsbModelClock } from "@busbar/model";
import type { DiskFault } from "./faults.ts";
import type { Intention } from "./unit.ts";

/** bCSWStatus: BOT 1.0, table 5.3. */
const PASSED = 0;
const FAILED = 1;
const PHASE_ERROR = 2;

/** A command block wrapper. */
export interface CommandWrapper {
  readonly tag: number;
  readonly length: number;
  readonly isIn: boolean;
  readonly lun: number;
  readonly block: Uint8Array;
}

/** Reads a command block wrapper; undefined for one that is not valid or not meaningful: BOT 6.2. */
export function decodeWrapper(bytes: Uint8Array, highestLun: number): CommandWrapper | undefined {
  if (bytes.length !== 31) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [lun, blockLength] = [bytes[13]!, bytes[14]!];
  if (view.getUint32(0, true) !== 0x4342_5355 || lun > highestLun) return undefined;
  if (blockLength < 1 || blockLength > 16 || (bytes[12]! & 0x7f) !== 0) return undefined;
  // Devices look at the operation code for the length, and hosts pad: 16 bytes are always there.
  return {
    tag: view.getUint32(4, true),
    length: view.getUint32(8, true),
    isIn: (bytes[12]! & 0x80) !== 0,
    lun,
    block: bytes.slice(15, 31),
  };
}

/** One command between its wrapper and its status. */
export interface Exchange {
  readonly wrapper: CommandWrapper;
  readonly fault: DiskFault | undefined;
  /** Data for the host that were not sent yet. */
  toSend: Uint8Array;
  /** Nothing more comes but the status. */
  dataInOver: boolean;
  /** Bytes from the host that are still to come. */
  toReceive: number;
  readonly received: Uint8Array[];
  /** Takes what was received. */
  readonly write: ((data: Uint8Array) => void) | undefined;
  /** The data phase ends in a stall. */
  stallData: boolean;
  /** The next read of the status is stalled. */
  stallStatus: boolean;
  /** A packet of nothing comes first. */
  emptyPacket: boolean;
  residue: number;
  status: number;
}

/**
 * Lines up what the host expects with what the unit intends: the thirteen cases of BOT 6.7.
 *
 * @param stallShort whether a data phase that is shorter than the host expects ends in a stall, or in a short packet
 */
export function beginExchange(
  wrapper: CommandWrapper,
  intention: Intention,
  fault: DiskFault | undefined,
  stallShort: boolean,
): Exchange {
  const { length, isIn } = wrapper;
  const exchange: Exchange = {
    wrapper,
    fault,
    toSend: new Uint8Array(),
    // Some devices that have no data give their status at once.
    dataInOver: !isIn || length === 0 || fault?.fault === "no-data",
    toReceive: 0,
    received: [],
    write: intention.kind === "out" ? intention.write : undefined,
    stallData: false,
    stallStatus: fault?.fault === "stall-status",
    emptyPacket: fault?.fault === "empty-packet",
    residue: length,
    status: intention.kind === "failed" ? FAILED : PASSED,
  };
  const wanted =
    intention.kind === "in" ? intention.data.length : intention.kind === "out" ? intention.length : 0;
  const sameWay = wanted === 0 || isIn === (intention.kind === "in");
  // Cases 2, 3, 7, 8, 10 and 13: the unit wants more than the host, or the other way.
  if (!sameWay || wanted > length) exchange.status = PHASE_ERROR;
  if (length === 0) return exchange;
  const usable = sameWay ? Math.min(wanted, length) : 0;
  if (isIn) {
    if (intention.kind === "in") exchange.toSend = intention.data.subarray(0, usable);
    exchange.residue = length - usable;
    exchange.stallData = stallShort && usable < length;
  } else {
    exchange.toReceive = length;
    exchange.residue = length - usable;
    exchange.stallData = usable === 0 && (stallShort || !sameWay);
  }
  return struck(exchange);
}

/** The faults of the data phase. */
function struck(exchange: Exchange): Exchange {
  const { fault, wrapper } = exchange;
  if (fault?.fault === "stall-data") {
    exchange.stallData = true;
    exchange.toSend = new Uint8Array();
    exchange.residue = wrapper.length;
  }
  if (fault?.fault === "zeros-fail" && wrapper.isIn) {
    exchange.toSend = new Uint8Array(wrapper.length);
    exchange.dataInOver = wrapper.length === 0;
  }
  if (fault?.fault === "short-data") {
    exchange.toSend = exchange.toSend.subarray(0, exchange.toSend.length >> 1);
    exchange.residue = wrapper.isIn ? wrapper.length - exchange.toSend.length : wrapper.length >> 1;
  }
  return exchange;
}

/** Takes data from the host, and carries the command out when all have come. */
export function receive(exchange: Exchange, data: Uint8Array): void {
  exchange.received.push(data);
  exchange.toReceive -= data.length;
  if (exchange.toReceive > 0) return;
  const processed = exchange.wrapper.length - exchange.residue;
  const whole = new Uint8Array(exchange.wrapper.length);
  let offset = 0;
  for (const piece of exchange.received) {
    whole.set(piece.subarray(0, whole.length - offset), offset);
    offset += piece.length;
  }
  exchange.write?.(whole.subarray(0, processed));
}

/** The status of a command, right or as its fault has it: BOT 5.2. */
export function encodeStatus(
  { wrapper, residue, status, fault }: Exchange,
  random: () => number,
): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  const is = (kind: DiskFault["fault"]) => fault?.fault === kind;
  view.setUint32(0, is("bad-signature") ? 0x2153_4255 : 0x5342_5355, true); // dCSWSignature
  view.setUint32(4, is("wrong-tag") ? wrapper.tag ^ 0x100 : wrapper.tag, true); // dCSWTag
  const left = is("wrong-residue") ? wrapper.length + 1 : (fault?.residue ?? residue);
  view.setUint32(8, left, true); // dCSWDataResidue
  view.setUint8(12, is("phase-error") ? PHASE_ERROR : status); // bCSWStatus
  if (is("short-status")) return bytes.subarray(0, 12);
  return is("garbage") ? bytes.map(random) : bytes;
}

/** When a device that takes its time has done what it was asked. */
export class Pace {
  readonly #clock: UsbModelClock;
  readonly #bytesPerSecond: number | undefined;
  readonly #commandMs: number;
  #busyUntilMs = 0;

  /**
   * @param bytesPerSecond undefined for no limit
   * @param commandMs what each command takes apart from its data
   */
  constructor(clock: UsbModelClock, bytesPerSecond: number | undefined, commandMs: number) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
    this.#commandMs = commandMs;
  }

  /** A command that came at `arrivedMs` is begun as soon as the one before it has ended. */
  begin(arrivedMs: number): void {
    this.#busyUntilMs = Math.max(arrivedMs, this.#busyUntilMs) + this.#commandMs;
  }

  /** Now; only where time matters at all. */
  now(): number {
    return this.#isFree ? 0 : this.#clock.now();
  }

  /** Moves data, and waits until they are there. Waiting too long does not add up: the device is on time again. */
  async move(bytes: number, signal: TransferSignal): Promise<void> {
    if (this.#isFree) return;
    this.#busyUntilMs += (bytes * 1000) / (this.#bytesPerSecond ?? Number.POSITIVE_INFINITY);
    const leftMs = this.#busyUntilMs - this.#clock.now();
    if (leftMs > 0) await this.#clock.sleep(leftMs, signal);
  }

  get #isFree(): boolean {
    return this.#bytesPerSecond === undefined && this.#commandMs === 0;
  }
}
