import type { I2cOperation } from "../../bus/i2c/backend.ts";
import { I2cError, type I2cErrorCode } from "../../bus/i2c/error.ts";
import { cut } from "../../text.ts";
import { isWhole, requireAnswer, shortName } from "../answer.ts";
import { DeviceError, deviceAnswer } from "../error.ts";
import {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "../opened-device.ts";

/** busbar:device/i2c-controller `info`. */
export interface I2cControllerInfo {
  /** The maker; empty where nobody knows. */
  readonly vendor: string;
  /** The part as it identified itself: "MCP2221A". */
  readonly model: string;
}

/** busbar:device/i2c-controller `operation`. */
type WitOperation =
  | { readonly tag: "read"; readonly val: bigint }
  | { readonly tag: "write"; readonly val: Uint8Array };

/** The guest's resource. */
interface GuestI2cController extends GuestDevice {
  info(): Promise<I2cControllerInfo>;
  buses(): Promise<number>;
  transaction(bus: number, address: number, operations: readonly WitOperation[]): Promise<Uint8Array[]>;
}

/** A sentence of the driver's about one transaction; in UTF-16 code units. */
const longestMessage = 500;

const codes: ReadonlySet<unknown> = new Set<I2cErrorCode["tag"]>([
  "bus",
  "arbitration-loss",
  "no-acknowledge",
  "overrun",
  "other",
]);

/** An opened I2C controller that a driver drives. Its methods throw DeviceError, and `transaction` only I2cError. */
export class I2cController extends OpenedDevice<GuestI2cController> {
  readonly info: I2cControllerInfo;
  /** How many buses it has, at least 1: they are numbered from 0. */
  readonly buses: number;
  protected override readonly noun = "I2C controller";

  private constructor(opened: OpenedGuest<GuestI2cController>, info: I2cControllerInfo, buses: number) {
    super(opened);
    this.info = info;
    this.buses = buses;
  }

  /** Opens the controller of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife): Promise<I2cController> {
    const opened = await openGuest<GuestI2cController>(name, instance);
    const [info, buses] = await askOpened(opened, async () => {
      const { vendor, model } = await instance.call(() => opened.device.info());
      const count = await instance.call(() => opened.device.buses());
      requireAnswer(name, isWhole(count, 1, 255), () => "has no bus");
      return [{ vendor: shortName(vendor), model: shortName(model) }, count] as const;
    });
    return new I2cController(opened, info, buses);
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
    try {
      const results = await this.call((device) => device.transaction(bus, address, asked), {
        answer: failureOf,
      });
      const isWholeAnswer =
        results.length === lengths.length &&
        results.every((bytes, index) => bytes instanceof Uint8Array && bytes.length === lengths[index]);
      requireAnswer(this.name, isWholeAnswer, () => "gave other bytes than were asked for");
      return results;
    } catch (thrown) {
      if (thrown instanceof DeviceError) {
        throw new I2cError({ tag: "other" }, thrown.message, { cause: thrown });
      }
      throw thrown;
    }
  }
}

/** busbar:device/i2c-controller `failure`, out of what a call threw; undefined when the driver trapped instead. */
function failureOf(device: string, thrown: unknown): Error | undefined {
  const payload = (thrown as { payload?: { code?: I2cErrorCode; message?: unknown } } | undefined)?.payload;
  if (!codes.has(payload?.code?.tag) || typeof payload?.message !== "string") {
    return deviceAnswer(device, thrown);
  }
  return new I2cError(payload.code!, `${device}: ${cut(payload.message, longestMessage)}`, { cause: thrown });
}
