import { constants } from "node:os";
import { I2cError } from "@busbar/host/backend";
import { expect, test } from "vitest";
import verdicts from "../../verdicts/linux-i2c.json" with { type: "json" };
import { ErrnoError, errnoName, errnoOf, TRANSACTION_ERRNOS, transactionError } from "../src/linux/errno.ts";

/** The table that a host in another language answers as well. */
test.each(verdicts.errnos)(
  "errno $errno of a transaction: as in host/verdicts",
  ({ errno, code, message }) => {
    const error = transactionError(new ErrnoError("ioctl I2C_RDWR", errno), "/dev/i2c-1", 0x76);
    expect(error).toBeInstanceOf(I2cError);
    expect(error.payload).toEqual(code);
    expect(error.message).toBe(message);
  },
);

test("the cases above have the whole table", () => {
  const known = new Set(verdicts.errnos.map(({ errno }) => errno));
  expect(TRANSACTION_ERRNOS.filter(({ errno }) => !known.has(errno))).toEqual([]);
  expect(new Set(TRANSACTION_ERRNOS.map(({ errno }) => errno)).size).toBe(TRANSACTION_ERRNOS.length);
});

test.runIf(process.platform === "linux")("names and numbers agree with this system's", () => {
  const known: Readonly<Record<string, number>> = constants.errno;
  const compared = TRANSACTION_ERRNOS.filter(({ name }) => known[name] !== undefined);
  expect(compared.length).toBeGreaterThanOrEqual(16);
  for (const { name, errno } of compared) expect(`${name} ${errno}`).toBe(`${name} ${known[name]}`);
});

test("an errno outside the table is the catch-all, with its name", () => {
  const error = transactionError(new ErrnoError("ioctl I2C_RDWR", 32), "/dev/i2c-1", 0x08);
  expect(error.payload).toEqual({ tag: "other" });
  expect(error.message).toBe("/dev/i2c-1, address 0x08: the transaction failed (EPIPE)");
  expect(transactionError(new ErrnoError("x", 4711), "/dev/i2c-1", 0x08).message).toContain("(errno 4711)");
});

test("an error without an errno keeps its message and its cause", () => {
  const cause = new TypeError("Invalid buffer");
  const error = transactionError(cause, "/dev/i2c-1", 0x08);
  expect(error.payload).toEqual({ tag: "other" });
  expect(error.message).toBe("/dev/i2c-1, address 0x08: Invalid buffer");
  expect(error.cause).toBe(cause);
});

test("the errno of Node's file system is negative, that of i2c-bus positive; both are read", () => {
  expect(errnoOf(Object.assign(new Error("open"), { errno: -13, code: "EACCES" }))).toBe(13);
  expect(errnoOf(Object.assign(new Error(""), { errno: 6, syscall: "readByteSync" }))).toBe(6);
  expect(errnoOf(new Error("no errno"))).toBeUndefined();
  expect(errnoOf({ errno: 5 })).toBeUndefined();
});

test("names of numbers that are no errno", () => {
  expect([errnoName(0), errnoName(-6), errnoName(2)]).toEqual(["errno 0", "errno -6", "ENOENT"]);
});
