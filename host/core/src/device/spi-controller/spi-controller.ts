import type { SpiOperation, SpiWiring } from "../../bus/spi/backend.ts";
import { SpiError, type SpiErrorCode } from "../../bus/spi/error.ts";
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

/** busbar:device/spi-controller `info`. */
export interface SpiControllerInfo {
  /** The maker; empty where nobody knows. */
  readonly vendor: string;
  /** The part as it identified itself: "FT232H". */
  readonly model: string;
}

/** busbar:device/spi-controller `wiring`. */
interface WitWiring {
  readonly chipSelect: number;
  readonly mode: number;
  readonly maximumHz: number;
  readonly lsbFirst: boolean;
}

/** busbar:device/spi-controller `operation`. */
type WitOperation =
  | { readonly tag: "read"; readonly val: bigint }
  | { readonly tag: "write" | "transfer"; readonly val: Uint8Array }
  | { readonly tag: "delay-ns"; readonly val: number };

/** The guest's resource. */
interface GuestSpiController extends GuestDevice {
  info(): Promise<SpiControllerInfo>;
  buses(): Promise<number>;
  transaction(bus: number, wiring: WitWiring, operations: readonly WitOperation[]): Promise<Uint8Array[]>;
}

/** A sentence of the driver's about one transaction; in UTF-16 code units. */
const longestMessage = 500;

const codes: ReadonlySet<unknown> = new Set<SpiErrorCode["tag"]>([
  "overrun",
  "mode-fault",
  "frame-format",
  "chip-select-fault",
  "other",
]);

/** An opened SPI controller that a driver drives. Its methods throw DeviceError, and `transaction` only SpiError. */
export class SpiController extends OpenedDevice<GuestSpiController> {
  readonly info: SpiControllerInfo;
  /** How many buses it has, at least 1: they are numbered from 0. */
  readonly buses: number;
  protected override readonly noun = "SPI controller";

  private constructor(opened: OpenedGuest<GuestSpiController>, info: SpiControllerInfo, buses: number) {
    super(opened);
    this.info = info;
    this.buses = buses;
  }

  /** Opens the controller of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife): Promise<SpiController> {
    const opened = await openGuest<GuestSpiController>(name, instance);
    const [info, buses] = await askOpened(opened, async () => {
      const { vendor, model } = await instance.call(() => opened.device.info());
      const count = await instance.call(() => opened.device.buses());
      requireAnswer(name, isWhole(count, 1, 255), () => "has no bus");
      return [{ vendor: shortName(vendor), model: shortName(model) }, count] as const;
    });
    return new SpiController(opened, info, buses);
  }

  /**
   * Runs `operations` as one transaction with a device, after all transactions before.
   *
   * @param bus its number, from 0
   * @returns one array for each read and each transfer, each exactly as long as was asked for
   * @throws SpiError, also where the driver has ended
   */
  async transaction(
    bus: number,
    { chipSelect, mode, maximumHz, bitOrder }: Omit<SpiWiring, "device">,
    operations: readonly SpiOperation[],
  ): Promise<Uint8Array[]> {
    const wiring = { chipSelect, mode, maximumHz, lsbFirst: bitOrder === "lsb-first" };
    const lengths = operations.flatMap((each) =>
      each.kind === "read" ? [each.length] : each.kind === "transfer" ? [each.data.length] : [],
    );
    try {
      const results = await this.call(
        (device) => device.transaction(bus, wiring, operations.map(toWitOperation)),
        { answer: failureOf },
      );
      const isWholeAnswer =
        results.length === lengths.length &&
        results.every((bytes, index) => bytes instanceof Uint8Array && bytes.length === lengths[index]);
      requireAnswer(this.name, isWholeAnswer, () => "gave other bytes than were asked for");
      return results;
    } catch (thrown) {
      if (thrown instanceof DeviceError) throw new SpiError("other", thrown.message, { cause: thrown });
      throw thrown;
    }
  }
}

function toWitOperation(operation: SpiOperation): WitOperation {
  switch (operation.kind) {
    case "read":
      return { tag: "read", val: BigInt(operation.length) };
    case "delay":
      return { tag: "delay-ns", val: operation.ns };
    default:
      return { tag: operation.kind, val: operation.data };
  }
}

/** busbar:device/spi-controller `error-code`, out of what a call threw; undefined when the driver trapped instead. */
function failureOf(device: string, thrown: unknown): Error | undefined {
  const payload = (thrown as { payload?: SpiErrorCode } | undefined)?.payload;
  if (payload === undefined || !codes.has(payload.tag)) return deviceAnswer(device, thrown);
  const text = payload.tag === "other" ? cut(String(payload.val), longestMessage) : payload.tag;
  return new SpiError(payload.tag, `${device}: ${text}`, { cause: thrown });
}
