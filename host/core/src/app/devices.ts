/** busbar:device as an app imports it: each name goes to the driver instance that the board wires to it. */

import { DeviceError } from "../device/error.ts";
import type { Channel, Sensor, SensorInfo } from "../device/sensor.ts";
import type {
  CustomCharacters,
  TextDisplay,
  TextDisplayInfo,
  TextDisplaySize,
} from "../device/text-display.ts";
import { HostError } from "../error.ts";
import type { AppContext } from "./context.ts";

/** busbar:device/sensor for one app. */
export function appSensors(context: AppContext) {
  return {
    Device: SensorResource,
    open: async (name: string) =>
      new SensorResource(await opened(context, name, () => context.devices.sensor(name))),
  };
}

/** busbar:device/text-display for one app. */
export function appTextDisplays(context: AppContext) {
  return {
    Device: TextDisplayResource,
    open: async (name: string) =>
      new TextDisplayResource(await opened(context, name, () => context.devices.textDisplay(name))),
  };
}

/**
 * Opens a device that the app may use. What is wrong with the board or its bus is `not-found` for the app: it can do
 * nothing about it, but must be able to go on without.
 */
async function opened<Device>(
  context: AppContext,
  name: string,
  open: () => Promise<Device>,
): Promise<Device> {
  context.signal.throwIfAborted();
  if (!context.uses.has(name)) {
    const asked = JSON.stringify(name.slice(0, 64));
    const reason = `the app may not use ${asked}; add it to "apps.${context.app}.uses"`;
    context.trace.emit({
      kind: "denied",
      device: context.app,
      startMs: context.clock.now(),
      call: `open(${asked})`,
      denied: "name",
      reason,
    });
    throw new DeviceError(context.app, { tag: "access-denied", val: reason });
  }
  try {
    return await open();
  } catch (thrown) {
    if (!(thrown instanceof HostError)) throw thrown;
    throw new DeviceError(name, { tag: "not-found", val: thrown.message }, { cause: thrown });
  }
}

/** The functions of an app's resources that have no WIT error must not throw: it would trap the app. */
async function closeQuietly(device: AsyncDisposable): Promise<void> {
  try {
    await device[Symbol.asyncDispose]();
  } catch (thrown) {
    if (!(thrown instanceof DeviceError)) throw thrown;
  }
}

class SensorResource implements Disposable {
  readonly #sensor: Sensor;

  constructor(sensor: Sensor) {
    this.#sensor = sensor;
  }

  async info(): Promise<SensorInfo> {
    return this.#sensor.info;
  }

  async channels(): Promise<readonly Channel[]> {
    return this.#sensor.channels;
  }

  async read(): Promise<Float64Array> {
    const reading = await this.#sensor.read();
    return Float64Array.from(this.#sensor.channels, ({ label }) => reading[label]!);
  }

  close(): Promise<void> {
    return closeQuietly(this.#sensor);
  }

  [Symbol.dispose](): void {
    void closeQuietly(this.#sensor);
  }
}

class TextDisplayResource implements Disposable {
  readonly #display: TextDisplay;

  constructor(display: TextDisplay) {
    this.#display = display;
  }

  async info(): Promise<TextDisplayInfo> {
    return this.#display.info;
  }

  async size(): Promise<TextDisplaySize> {
    return this.#display.size;
  }

  async capabilities(): Promise<{
    brightnessLevels: number;
    blinkRates: Float64Array;
    customCharacters: CustomCharacters | undefined;
  }> {
    const { brightnessLevels, blinkRates, customCharacters } = this.#display.capabilities;
    return { brightnessLevels, blinkRates: Float64Array.from(blinkRates), customCharacters };
  }

  clear(): Promise<void> {
    return this.#display.clear();
  }

  write(row: number, column: number, text: string): Promise<void> {
    return this.#display.write(row, column, text);
  }

  setBrightness(brightness: number): Promise<void> {
    return this.#display.setBrightness(brightness);
  }

  setBlinkRate(hertz: number): Promise<void> {
    return this.#display.setBlinkRate(hertz);
  }

  defineCharacter(index: number, rows: Uint8Array): Promise<void> {
    return this.#display.defineCharacter(index, rows);
  }

  close(): Promise<void> {
    return closeQuietly(this.#display);
  }

  [Symbol.dispose](): void {
    void closeQuietly(this.#display);
  }
}
