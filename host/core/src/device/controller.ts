/** What the controllers have in common that drivers of bridges export: busbar:device/i2c-controller, spi-controller and gpio-controller. */

import { cut } from "../text.ts";
import { isWhole, requireAnswer, shortName } from "./answer.ts";
import { DeviceError } from "./error.ts";
import {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "./opened-device.ts";

/** `info` of each of them. */
export interface ControllerInfo {
  /** The maker; empty where nobody knows. */
  readonly vendor: string;
  /** The part as it identified itself: "MCP2221A". */
  readonly model: string;
}

/** The guest's resource. */
export interface GuestController extends GuestDevice {
  info(): Promise<ControllerInfo>;
}

/** The guest's resource, of one that has buses. */
export interface GuestBusController extends GuestController {
  buses(): Promise<number>;
}

/** A controller that was opened, and what it is. */
export interface OpenedController<Guest extends GuestController, What> {
  readonly opened: OpenedGuest<Guest>;
  readonly info: ControllerInfo;
  /** What else was asked. */
  readonly what: What;
}

/** A sentence of the driver's about one transaction; in UTF-16 code units. */
const longestMessage = 500;

/**
 * Opens the controller of a running instance.
 *
 * @param ask what else has to be known of it
 * @throws DeviceError
 */
export async function openController<Guest extends GuestController, What>(
  name: string,
  instance: DeviceLife,
  ask: (device: Guest) => Promise<What>,
): Promise<OpenedController<Guest, What>> {
  const opened = await openGuest<Guest>(name, instance);
  return askOpened(opened, async () => {
    const { vendor, model } = await instance.call(() => opened.device.info());
    const what = await ask(opened.device);
    return { opened, info: { vendor: shortName(vendor), model: shortName(model) }, what };
  });
}

/** {@link openController}, of one that has buses. @throws DeviceError */
export function openBusController<Guest extends GuestBusController>(
  name: string,
  instance: DeviceLife,
): Promise<OpenedController<Guest, number>> {
  return openController<Guest, number>(name, instance, async (device) => {
    const count = await instance.call(() => device.buses());
    requireAnswer(name, isWhole(count, 1, 255), () => "has no bus");
    return count;
  });
}

/** What a driver says of one transaction that failed: "dongle: reading 8 bytes from 0x76 failed", cut where it is longer than any is. */
export function failureSentence(device: string, message: string): string {
  return `${device}: ${cut(message, longestMessage)}`;
}

/** An opened controller of buses on which transactions are run. */
export abstract class BusController<Guest extends GuestBusController> extends OpenedDevice<Guest> {
  readonly info: ControllerInfo;
  /** How many buses it has, at least 1: they are numbered from 0. */
  readonly buses: number;

  protected constructor({ opened, info, what: buses }: OpenedController<Guest, number>) {
    super(opened);
    this.info = info;
    this.buses = buses;
  }

  /** The bus's error, out of what a call threw; undefined when the driver trapped instead. */
  protected abstract failureOf(thrown: unknown): Error | undefined;

  /** The bus's error where there is no controller any more. */
  protected abstract gone(cause: DeviceError): Error;

  /**
   * Runs a transaction, after all before.
   *
   * @param lengths of what it reads
   * @throws the bus's error, also where the driver has ended
   */
  protected async run(
    lengths: readonly number[],
    invoke: (device: Guest) => Promise<Uint8Array[]>,
  ): Promise<Uint8Array[]> {
    try {
      const results = await this.call(invoke, { answer: (_, thrown) => this.failureOf(thrown) });
      const isWholeAnswer =
        results.length === lengths.length &&
        results.every((bytes, index) => bytes instanceof Uint8Array && bytes.length === lengths[index]);
      requireAnswer(this.name, isWholeAnswer, () => "gave other bytes than were asked for");
      return results;
    } catch (thrown) {
      if (thrown instanceof DeviceError) throw this.gone(thrown);
      throw thrown;
    }
  }
}
