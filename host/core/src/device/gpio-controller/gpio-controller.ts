import type { GpioLevel, GpioLineUse } from "../../bus/gpio/backend.ts";
import { requireAnswer, shortName } from "../answer.ts";
import {
  type ControllerInfo,
  type GuestController,
  type OpenedController,
  openController,
} from "../controller.ts";
import { type DeviceLife, OpenedDevice } from "../opened-device.ts";

/** busbar:device/gpio-controller `line-use`. */
interface WitLineUse {
  readonly direction: GpioLineUse["direction"];
  readonly pull: "up" | "down" | undefined;
  readonly openDrain: boolean;
  readonly initial: GpioLevel;
}

/** The guest's resource. */
interface GuestGpioController extends GuestController {
  lines(): Promise<string[]>;
  take(offset: number, use: WitLineUse): Promise<void>;
  read(offset: number): Promise<GpioLevel>;
  write(offset: number, level: GpioLevel): Promise<void>;
  release(offset: number): Promise<void>;
}

/** As many as any chip of Linux has. */
const mostLines = 65_536;

/** Opened GPIO lines that a driver drives. All methods throw DeviceError. */
export class GpioController extends OpenedDevice<GuestGpioController> {
  readonly info: ControllerInfo;
  /** The names of its lines, in the order of their offsets from 0. */
  readonly lines: readonly string[];
  protected override readonly noun = "GPIO controller";

  private constructor({
    opened,
    info,
    what: lines,
  }: OpenedController<GuestGpioController, readonly string[]>) {
    super(opened);
    this.info = info;
    this.lines = lines;
  }

  /** Opens the controller of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife): Promise<GpioController> {
    const opened = await openController(name, instance, async (device: GuestGpioController) => {
      const names = await instance.call(() => device.lines());
      requireAnswer(name, names.length >= 1 && names.length <= mostLines, () => `has ${names.length} lines`);
      return names.map(shortName);
    });
    return new GpioController(opened);
  }

  /** Gets a line ready to be used. */
  async take(
    offset: number,
    { direction, pull, drive, initial }: Pick<GpioLineUse, "direction" | "pull" | "drive" | "initial">,
  ): Promise<void> {
    const use = { direction, pull, openDrain: drive === "open-drain", initial };
    await this.call((device) => device.take(offset, use));
  }

  /** The level that is there now; of an output, too. */
  async read(offset: number): Promise<GpioLevel> {
    const level = await this.call((device) => device.read(offset));
    requireAnswer(this.name, level === "low" || level === "high", () => "gave no level");
    return level;
  }

  /** Sets the level of an output. */
  async write(offset: number, level: GpioLevel): Promise<void> {
    await this.call((device) => device.write(offset, level));
  }

  /** Gives a line back. */
  async release(offset: number): Promise<void> {
    await this.call((device) => device.release(offset));
  }
}
