import { endianness } from "node:os";
import type { SpiOperation } from "@busbar/host/backend";
import { SPI_IOC_TRANSFER_SIZE } from "./constants.ts";

/** One `struct spi_ioc_transfer`, its buffers as places in what is sent and received by the whole message. */
export interface SpiTransfer {
  /** Where its bytes begin in what is sent; undefined where nothing is. */
  readonly txOffset: number | undefined;
  /** Where its bytes go in what is received; undefined where they are dropped. */
  readonly rxOffset: number | undefined;
  /** In bytes; 0 for a delay before anything was sent. */
  readonly length: number;
  /** How long the clock rests after it, in microseconds: at most 65535. */
  delayUsecs: number;
}

/** One transaction as one message of spidev. */
export interface SpiMessage {
  readonly transfers: readonly SpiTransfer[];
  /** What all of them send, one after the other. */
  readonly tx: Uint8Array;
  /** Room for what all of them receive. */
  readonly rx: Uint8Array;
  /** What is received by each read and each transfer, in order: parts of `rx`. */
  readonly received: readonly Uint8Array[];
}

/** The most that `delay_usecs` holds, a `__u16`. */
const longestDelayUsecs = 0xffff;

/**
 * A transaction as transfers. A delay belongs to the transfer before it; one before the first, and what is more than a transfer's
 * delay holds, gets a transfer of no bytes, which the kernel runs for its delay alone (drivers/spi/spi.c,
 * spi_transfer_one_message). It counts whole microseconds: each delay is at least as long as was asked for.
 */
export function messageOf(operations: readonly SpiOperation[]): SpiMessage {
  const sent: Uint8Array[] = [];
  const transfers: SpiTransfer[] = [];
  const lengths: number[] = [];
  let txLength = 0;
  let rxLength = 0;
  for (const operation of operations) {
    if (operation.kind === "delay") {
      addDelay(transfers, Math.ceil(operation.ns / 1000));
      continue;
    }
    const length = operation.kind === "read" ? operation.length : operation.data.length;
    const sends = operation.kind !== "read";
    const receives = operation.kind !== "write";
    transfers.push({
      txOffset: sends ? txLength : undefined,
      rxOffset: receives ? rxLength : undefined,
      length,
      delayUsecs: 0,
    });
    if (sends) {
      sent.push(operation.data);
      txLength += length;
    }
    if (receives) {
      lengths.push(length);
      rxLength += length;
    }
  }
  const rx = new Uint8Array(rxLength);
  let at = 0;
  const received = lengths.map((length) => {
    at += length;
    return rx.subarray(at - length, at);
  });
  return { transfers, tx: joined(sent, txLength), rx, received };
}

function addDelay(transfers: SpiTransfer[], usecs: number): void {
  let left = usecs;
  const last = transfers.at(-1);
  if (last !== undefined) {
    const more = Math.min(left, longestDelayUsecs - last.delayUsecs);
    last.delayUsecs += more;
    left -= more;
  }
  while (left > 0) {
    const delayUsecs = Math.min(left, longestDelayUsecs);
    transfers.push({ txOffset: undefined, rxOffset: undefined, length: 0, delayUsecs });
    left -= delayUsecs;
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** How a message is clocked, and where the program has its bytes. */
export interface SpiMessagePlace {
  /** The clock, in Hz: at most that. */
  readonly hz: number;
  /** The address of `tx`. */
  readonly txAddress: bigint;
  /** The address of `rx`. */
  readonly rxAddress: bigint;
}

/**
 * The array of `struct spi_ioc_transfer` that the kernel reads (include/uapi/linux/spi/spidev.h). `cs_change` is 0 in all of them: chip
 * select stays asserted between them, and is released after the last. Speed and word length are told with each transfer, so that
 * no other program that opens the device changes them.
 */
export function encodeTransfers(
  transfers: readonly SpiTransfer[],
  { hz, txAddress, rxAddress }: SpiMessagePlace,
): Uint8Array {
  const littleEndian = endianness() === "LE";
  const bytes = new Uint8Array(transfers.length * SPI_IOC_TRANSFER_SIZE);
  const view = new DataView(bytes.buffer);
  const pointer = (base: bigint, offset: number | undefined) =>
    offset === undefined ? 0n : base + BigInt(offset);
  for (const [index, { txOffset, rxOffset, length, delayUsecs }] of transfers.entries()) {
    const at = index * SPI_IOC_TRANSFER_SIZE;
    view.setBigUint64(at + 0, pointer(txAddress, txOffset), littleEndian); // tx_buf
    view.setBigUint64(at + 8, pointer(rxAddress, rxOffset), littleEndian); // rx_buf
    view.setUint32(at + 16, length, littleEndian); // len
    view.setUint32(at + 20, hz, littleEndian); // speed_hz
    view.setUint16(at + 24, delayUsecs, littleEndian); // delay_usecs
    view.setUint8(at + 26, 8); // bits_per_word
    // cs_change, tx_nbits, rx_nbits, word_delay_usecs, pad: 0
  }
  return bytes;
}
