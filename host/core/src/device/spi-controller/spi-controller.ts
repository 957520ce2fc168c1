import type { SpiOperation, SpiWiring } from "../../bus/spi/backend.ts";
import { SpiError, type SpiErrorCode } from "../../bus/spi/error.ts";
import { BusController, failureSentence, type GuestBusController, openBusController } from "../controller.ts";
import { type DeviceError, deviceAnswer } from "../error.ts";
import type { DeviceLife } from "../opened-device.ts";

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
interface GuestSpiController extends GuestBusController {
  transaction(bus: number, wiring: WitWiring, operations: readonly WitOperation[]): Promise<Uint8Array[]>;
}

const codes: ReadonlySet<unknown> = new Set<SpiErrorCode["tag"]>([
  "overrun",
  "mode-fault",
  "frame-format",
  "chip-select-fault",
  "other",
]);

/** An opened SPI controller that a driver drives. Its methods throw DeviceError, and `transaction` only SpiError. */
export class SpiController extends BusController<GuestSpiController> {
  protected override readonly noun = "SPI controller";

  /** Opens the controller of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife): Promise<SpiController> {
    return new SpiController(await openBusController(name, instance));
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
    return this.run(lengths, (device) => device.transaction(bus, wiring, operations.map(toWitOperation)));
  }

  protected override gone(cause: DeviceError): SpiError {
    return new SpiError("other", cause.message, { cause });
  }

  /** busbar:device/spi-controller `error-code`. */
  protected override failureOf(thrown: unknown): Error | undefined {
    const payload = (thrown as { payload?: SpiErrorCode } | undefined)?.payload;
    if (payload === undefined || !codes.has(payload.tag)) return deviceAnswer(this.name, thrown);
    const text = payload.tag === "other" ? String(payload.val) : payload.tag;
    return new SpiError(payload.tag, failureSentence(this.name, text), { cause: thrown });
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
