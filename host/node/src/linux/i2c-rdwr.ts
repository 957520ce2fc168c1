import type { I2cBus, I2cOperation } from "@busbar/host/backend";
import type { BusFile } from "./bus-file.ts";
import { checkTransaction, operationLength, refusal } from "./check.ts";
import { I2C_M_RD, I2C_RDWR_IOCTL_MAX_MSGS, I2C_RDWR_MAX_MESSAGE_LENGTH } from "./constants.ts";
import { transactionError } from "./errno.ts";
import type { I2cMessage } from "./ioctl.ts";

/**
 * A bus whose adapter has `I2C_FUNC_I2C`: a whole transaction, repeated starts included, is one `I2C_RDWR`, during which
 * the kernel keeps every other user off the bus.
 */
export class RdwrBus implements I2cBus {
  readonly #file: BusFile;

  /** @param file closed together with the bus */
  constructor(file: BusFile) {
    this.#file = file;
  }

  transaction(address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    const { path, dev, descriptor } = this.#file;
    checkTransaction(path, address, operations);
    checkLimits(path, address, operations);
    this.#file.claim(address);
    const messages = operations.map((operation) => toMessage(address, operation));
    let transferred: number;
    try {
      transferred = dev.rdwr(descriptor, messages);
    } catch (error) {
      throw transactionError(error, path, address);
    }
    // i2c_transfer() may report fewer messages than it was given. Their bytes cannot be trusted.
    if (transferred !== messages.length) {
      throw refusal(path, address, `only ${transferred} of ${messages.length} operations were carried out`);
    }
    return messages.filter((message) => message.flags === I2C_M_RD).map((message) => message.buf);
  }

  close(): void {
    this.#file.close();
  }
}

/** The limits of i2c-dev itself, where the kernel would only say EINVAL. */
function checkLimits(path: string, address: number, operations: readonly I2cOperation[]): void {
  if (operations.length > I2C_RDWR_IOCTL_MAX_MSGS) {
    const limit = I2C_RDWR_IOCTL_MAX_MSGS;
    throw refusal(
      path,
      address,
      `Linux takes ${limit} operations a transaction at most, not ${operations.length}`,
    );
  }
  for (const operation of operations) {
    const length = operationLength(operation);
    if (length > I2C_RDWR_MAX_MESSAGE_LENGTH) {
      const limit = I2C_RDWR_MAX_MESSAGE_LENGTH;
      throw refusal(path, address, `Linux takes ${limit} bytes an operation at most, not ${length}`);
    }
  }
}

function toMessage(address: number, operation: I2cOperation): I2cMessage {
  const length = operationLength(operation);
  return operation.kind === "read"
    ? { addr: address, flags: I2C_M_RD, len: length, buf: new Uint8Array(length) }
    : { addr: address, flags: 0, len: length, buf: operation.data };
}
