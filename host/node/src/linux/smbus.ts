import type { I2cBus, I2cOperation } from "@busbar/host/backend";
import type { BusFile } from "./bus-file.ts";
import { checkTransaction, refusal } from "./check.ts";
import { I2C_SMBUS_BLOCK_MAX } from "./constants.ts";
import { transactionError } from "./errno.ts";
import type { SmbusPort } from "./i2c-bus-module.ts";
import { type SmbusPlan, smbusPlan } from "./smbus-plan.ts";

/** A bus whose adapter knows SMBus operations only: a transaction is exactly one of them, or is refused. */
export class SmbusBus implements I2cBus {
  readonly #file: BusFile;
  readonly #port: SmbusPort;

  /** @param file and @param port are closed together with the bus */
  constructor(file: BusFile, port: SmbusPort) {
    this.#file = file;
    this.#port = port;
  }

  transaction(address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    const { path } = this.#file;
    checkTransaction(path, address, operations);
    const plan = smbusPlan(operations, this.#file.functionality);
    if (plan.kind === "unsupported") throw refusal(path, address, `unsupported: ${plan.reason}`);
    this.#file.claim(address);
    let read: Uint8Array | undefined;
    try {
      read = run(plan, address, this.#port);
    } catch (error) {
      // i2c-bus 5.2.3 keeps the file of an address even when setting its address failed, and would send the next
      // transaction to address 0x00 through it, the general call. Closing makes it forget.
      this.#port.closeSync();
      throw transactionError(error, path, address);
    }
    const wanted = operations.find((operation) => operation.kind === "read");
    if (wanted === undefined) return [];
    if (read?.length !== wanted.length) {
      throw refusal(path, address, `the adapter read ${read?.length ?? 0} of ${wanted.length} bytes`);
    }
    return [read];
  }

  close(): void {
    this.#port.closeSync();
    this.#file.close();
  }
}

/** Runs one SMBus operation. Returns what was read, `undefined` for a write. */
function run(
  plan: Exclude<SmbusPlan, { kind: "unsupported" }>,
  address: number,
  port: SmbusPort,
): Uint8Array | undefined {
  switch (plan.kind) {
    case "send-byte":
      port.sendByteSync(address, plan.byte);
      return undefined;
    case "write-byte":
      port.writeByteSync(address, plan.command, plan.byte);
      return undefined;
    case "write-word":
      port.writeWordSync(address, plan.command, plan.word);
      return undefined;
    case "write-i2c-block":
      port.writeI2cBlockSync(address, plan.command, plan.data.length, Buffer.from(plan.data));
      return undefined;
    case "receive-byte":
      return Uint8Array.of(port.receiveByteSync(address));
    case "read-byte":
      return Uint8Array.of(port.readByteSync(address, plan.command));
    case "read-word": {
      const word = port.readWordSync(address, plan.command);
      return Uint8Array.of(word & 0xff, word >> 8);
    }
    case "read-i2c-block": {
      // Room for the largest block, whatever was asked for: i2c-bus copies as many bytes as the adapter claims.
      const block = Buffer.alloc(I2C_SMBUS_BLOCK_MAX);
      const length = port.readI2cBlockSync(address, plan.command, plan.length, block);
      return new Uint8Array(block.subarray(0, length));
    }
  }
}
