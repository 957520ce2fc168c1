/** The vendor requests of the adapter, and what its answers mean: drivers/i2c/busses/i2c-tiny-usb.c of the Linux kernel. */

import type { I2cOperation } from "@busbar/guest";

/** bRequest. A message of a transaction is IO with the flags BEGIN and END where it is the first and the last one. */
export const Request = {
  GET_FUNCTIONALITY: 1,
  SET_DELAY: 2,
  GET_STATUS: 3,
  IO: 4,
  IO_BEGIN: 1,
  IO_END: 2,
} as const;

/** wValue of a message: flags of `struct i2c_msg`, include/uapi/linux/i2c.h. */
export const READ_FLAG = 0x0001;

/** Bytes that the answer to GET_FUNCTIONALITY has, and the bit of plain I2C in it: include/uapi/linux/i2c.h. */
export const FUNCTIONALITY_BYTES = 4;
const PLAIN_I2C = 0x0000_0001;

/** Whether an adapter with this answer to GET_FUNCTIONALITY runs plain I2C messages: 32 bits, the lowest byte first. */
export function isI2cAdapter(answer: Uint8Array): boolean {
  return answer.length === FUNCTIONALITY_BYTES && (answer[0]! & PLAIN_I2C) !== 0;
}

/** What the adapter says of the last message. */
export type MessageStatus = "idle" | "acknowledged" | "not-acknowledged";

const statuses = new Map<number, MessageStatus>([
  [0, "idle"],
  [1, "acknowledged"],
  [2, "not-acknowledged"],
]);

/** Reads the answer to GET_STATUS, of one byte; undefined for one that cannot be. */
export function parseStatus(answer: Uint8Array): MessageStatus | undefined {
  return answer.length === 1 ? statuses.get(answer[0]!) : undefined;
}

/** How many bytes an operation moves. */
export function lengthOf(operation: I2cOperation): number {
  return "read" in operation ? operation.read : operation.write.length;
}
