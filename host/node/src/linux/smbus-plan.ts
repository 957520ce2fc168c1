import type { I2cOperation } from "@busbar/host/backend";
import {
  I2C_FUNC_SMBUS_READ_BYTE,
  I2C_FUNC_SMBUS_READ_BYTE_DATA,
  I2C_FUNC_SMBUS_READ_I2C_BLOCK,
  I2C_FUNC_SMBUS_READ_WORD_DATA,
  I2C_FUNC_SMBUS_WRITE_BYTE,
  I2C_FUNC_SMBUS_WRITE_BYTE_DATA,
  I2C_FUNC_SMBUS_WRITE_I2C_BLOCK,
  I2C_FUNC_SMBUS_WRITE_WORD_DATA,
  I2C_SMBUS_BLOCK_MAX,
} from "./constants.ts";

/**
 * One SMBus operation, named as in Documentation/i2c/smbus-protocol.rst, that puts exactly the asked-for bytes, starts
 * and stops on the bus; or why there is none.
 */
export type SmbusPlan =
  | { readonly kind: "send-byte"; readonly byte: number }
  | { readonly kind: "receive-byte" }
  | { readonly kind: "read-byte"; readonly command: number }
  | { readonly kind: "read-word"; readonly command: number }
  /** `length` is 1..32. */
  | { readonly kind: "read-i2c-block"; readonly command: number; readonly length: number }
  | { readonly kind: "write-byte"; readonly command: number; readonly byte: number }
  /** The low byte of `word` goes first on the bus. */
  | { readonly kind: "write-word"; readonly command: number; readonly word: number }
  /** `data` is 1..32 bytes. */
  | { readonly kind: "write-i2c-block"; readonly command: number; readonly data: Uint8Array }
  /** `reason` is a clause for people. */
  | { readonly kind: "unsupported"; readonly reason: string };

/**
 * Maps a transaction to the one SMBus operation that is the same on the wire. What has none is unsupported: two SMBus
 * operations have a stop between them, at which another controller may take the bus and many chips forget which
 * register was selected.
 *
 * Block operations are preferred from two data bytes on, word operations are the way out. The wire is the same, but
 * i2c-stub keeps a 16-bit register behind each command for words, and consecutive 8-bit ones, as nearly every chip has
 * them, for blocks.
 *
 * @param operations each at least one byte long
 * @param functionality the adapter's `I2C_FUNC_...` bits
 */
export function smbusPlan(operations: readonly I2cOperation[], functionality: number): SmbusPlan {
  const has = (bit: number): boolean => (functionality & bit) !== 0;
  const [first, second, ...others] = operations;
  if (first !== undefined && second === undefined) {
    return first.kind === "write" ? planWrite(first.data, has) : planRead(first.length, has);
  }
  if (first?.kind === "write" && first.data.length === 1 && second?.kind === "read" && others.length === 0) {
    return planWriteRead(first.data[0]!, second.length, has);
  }
  return unsupported("this adapter knows SMBus only, which can write, read, or write one byte and then read");
}

function planWrite(bytes: Uint8Array, has: (bit: number) => boolean): SmbusPlan {
  const command = bytes[0]!;
  const data = bytes.subarray(1);
  if (data.length > I2C_SMBUS_BLOCK_MAX) {
    return unsupported(
      `this adapter knows SMBus only, which writes ${I2C_SMBUS_BLOCK_MAX + 1} bytes at most`,
    );
  }
  if (data.length === 0 && has(I2C_FUNC_SMBUS_WRITE_BYTE)) return { kind: "send-byte", byte: command };
  if (data.length === 1 && has(I2C_FUNC_SMBUS_WRITE_BYTE_DATA)) {
    return { kind: "write-byte", command, byte: data[0]! };
  }
  if (data.length > 0 && has(I2C_FUNC_SMBUS_WRITE_I2C_BLOCK))
    return { kind: "write-i2c-block", command, data };
  if (data.length === 2 && has(I2C_FUNC_SMBUS_WRITE_WORD_DATA)) {
    return { kind: "write-word", command, word: data[0]! | (data[1]! << 8) };
  }
  return unsupported(`this adapter has no SMBus operation that writes ${bytes.length} bytes`);
}

function planRead(length: number, has: (bit: number) => boolean): SmbusPlan {
  if (length !== 1) {
    return unsupported("this adapter knows SMBus only, which reads one byte at most without writing first");
  }
  return has(I2C_FUNC_SMBUS_READ_BYTE)
    ? { kind: "receive-byte" }
    : unsupported("this adapter has no SMBus operation that reads one byte");
}

function planWriteRead(command: number, length: number, has: (bit: number) => boolean): SmbusPlan {
  if (length > I2C_SMBUS_BLOCK_MAX) {
    return unsupported(`this adapter knows SMBus only, which reads ${I2C_SMBUS_BLOCK_MAX} bytes at most`);
  }
  if (length === 1 && has(I2C_FUNC_SMBUS_READ_BYTE_DATA)) return { kind: "read-byte", command };
  if (has(I2C_FUNC_SMBUS_READ_I2C_BLOCK)) return { kind: "read-i2c-block", command, length };
  if (length === 2 && has(I2C_FUNC_SMBUS_READ_WORD_DATA)) return { kind: "read-word", command };
  return unsupported(`this adapter has no SMBus operation that writes one byte and then reads ${length}`);
}

function unsupported(reason: string): SmbusPlan {
  return { kind: "unsupported", reason };
}
