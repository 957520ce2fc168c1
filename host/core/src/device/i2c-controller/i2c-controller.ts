import type { I2cOperation } from "../../bus/i2c/backend.ts";
import { I2cError, type I2cErrorCode } from "../../bus/i2c/error.ts";
import { BusController, failureSentence, type GuestBusController, openBusController } from "../controller.ts";
import { type DeviceError, deviceAnswer } from "../error.ts";
import type { DeviceLife } from "../opened-device.ts";

/** busbar:device/i2c-controller `operation`. */
type WitOperation =
  | { readonly tag: "read"; readonly val: bigint }
  | { readonly tag: "write"; readonly val: Uint8Array };

/** The guest's resource. */
interface GuestI2cController extends GuestBusController {
  transaction(bus: number, address: number, operations: readonly WitOperation[]): Promise<Uint8Array[]>;
}

const codes: ReadonlySet<unknown> = new Set<I2cErrorCode["tag"]>([
  "bus",
  "arbitration-loss",
  "no-acknowledge",
  "overrun",
  "other",
]);

/** An opened I2C controller that a driver drives. Its methods throw DeviceError, and `transaction` only I2cError. */
export class I2cController extends BusController<GuestI2cController> {
  protected override readonly noun = "I2C controller";

  /** Opens the controller of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife): Promise<I2cController> {
    return new I2cController(await openBusController(name, instance));
  }

  /**
   * Runs `operations` against the 7-bit `address` as one transaction, after all transactions before.
   *
   * @param bus its number, from 0
   * @returns one array for each read, each exactly as long as was asked for
   * @throws I2cError, also where the driver has ended
   */
  async transaction(
    bus: number,
    address: number,
    operations: readonly I2cOperation[],
  ): Promise<Uint8Array[]> {
    const asked = operations.map(
      (operation): WitOperation =>
        operation.kind === "read"
          ? { tag: "read", val: BigInt(operation.length) }
          : { tag: "write", val: operation.data },
    );
    const lengths = operations.flatMap((each) => (each.kind === "read" ? [each.length] : []));
    return this.run(lengths, (device) => device.transaction(bus, address, asked));
  }

  protected override gone(cause: DeviceError): I2cError {
    return new I2cError({ tag: "other" }, cause.message, { cause });
  }

  /** busbar:device/i2c-controller `failure`. */
  protected override failureOf(thrown: unknown): Error | undefined {
    const payload = (thrown as { payload?: { code?: I2cErrorCode; message?: unknown } } | undefined)?.payload;
    if (!codes.has(payload?.code?.tag) || typeof payload?.message !== "string") {
      return deviceAnswer(this.name, thrown);
    }
    return new I2cError(payload.code!, failureSentence(this.name, payload.message), { cause: thrown });
  }
}
