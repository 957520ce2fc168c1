import { I2cError, type I2cOperation } from "@busbar/host/backend";
import { formatAddress } from "./errno.ts";

/** The largest 7-bit address. Ten-bit addresses need I2C_M_TEN, which few adapters have. */
const LAST_ADDRESS = 0x7f;

/** A transaction that cannot be run as it was asked for; nothing reached the bus. */
export function refusal(path: string, address: number, reason: string): I2cError {
  return new I2cError({ tag: "other" }, `${path}, address ${formatAddress(address)}: ${reason}`);
}

/**
 * Refuses what no Linux bus can carry, before memory is allocated for it or the bus is touched: an address that is not
 * 7-bit, no operation at all, an operation without bytes. The last one matters: a message of length zero is SMBus's
 * quick command, which some chips take as an order.
 *
 * @throws I2cError "other"
 */
export function checkTransaction(path: string, address: number, operations: readonly I2cOperation[]): void {
  if (!Number.isInteger(address) || address < 0 || address > LAST_ADDRESS) {
    throw refusal(path, address, "only 7-bit addresses, 0x00 to 0x7f, are supported");
  }
  if (operations.length === 0) throw refusal(path, address, "a transaction needs at least one operation");
  for (const operation of operations) {
    const length = operationLength(operation);
    if (!Number.isSafeInteger(length) || length < 1) {
      throw refusal(path, address, `a ${operation.kind} needs at least one byte`);
    }
  }
}

/** How many bytes an operation moves. */
export function operationLength(operation: I2cOperation): number {
  return operation.kind === "read" ? operation.length : operation.data.length;
}
