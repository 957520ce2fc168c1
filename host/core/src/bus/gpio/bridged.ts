import type { Bridge, BridgedPlace, BridgeLife, Bridges } from "../../bridge/bridge.ts";
import { bridgeWith, busNumber } from "../../bridge/place.ts";
import { DeviceError } from "../../device/error.ts";
import { type GpioController, gpioController } from "../../device/gpio-controller/index.ts";
import { BackendError } from "../../error.ts";
import { cut } from "../../text.ts";
import type { GpioBackend, GpioLevel, GpioLine, GpioLineName, GpioLineUse } from "./backend.ts";
import { GpioError } from "./error.ts";

/** What a message shows of the names of lines, of which there may be thousands; in UTF-16 code units. */
const longestShown = 500;

/** The GPIO lines of the bridges of an open board: each bridge is one chip. */
export class BridgedGpio implements GpioBackend {
  readonly name = "bridges";
  readonly answersLater = true;
  readonly #bridges: Bridges;
  /** Who has a line, by its offset: a board file may call one by its number and by its name. */
  readonly #owners = new WeakMap<Bridge, Map<number, string>>();

  constructor(bridges: Bridges) {
    this.#bridges = bridges;
  }

  async openGpioLine(use: GpioLineUse): Promise<BridgedLine | undefined> {
    const { chip, line, device, debounceMs } = use;
    const found = bridgeWith(gpioController, chip, this.#bridges, "GPIO lines", device);
    if (found === undefined) return undefined;
    const { bridge, place } = found;
    await prepareGpio(bridge, place);
    const controller = await bridge.device(gpioController);
    const offset = offsetOf(line, controller.lines);
    if (offset === undefined) {
      const shown = cut(controller.lines.map((name) => JSON.stringify(name)).join(", "), longestShown);
      throw new BackendError(
        `${device}: the bridge "${bridge.name}" has no line ${JSON.stringify(line)}; its lines are ${shown}.`,
      );
    }
    if (debounceMs !== undefined) {
      throw new BackendError(
        `${device}: the bridge "${bridge.name}" debounces no lines; remove "debounceMs".`,
      );
    }
    const owners = this.#owners.get(bridge) ?? new Map<number, string>();
    this.#owners.set(bridge, owners);
    const owner = owners.get(offset);
    if (owner !== undefined) {
      const [asked, name] = [line, controller.lines[offset]].map((each) => JSON.stringify(each));
      throw new BackendError(
        `${device}: the line ${asked} of the bridge "${bridge.name}" is ${name}, which "${owner}" has; remove one of them.`,
      );
    }
    owners.set(offset, device);
    const released = () => void owners.delete(offset);
    try {
      await controller.take(offset, use);
    } catch (cause) {
      released();
      if (!(cause instanceof DeviceError) || cause.code === "disconnected") throw cause;
      throw new BackendError(
        `${device}: the line ${JSON.stringify(line)} cannot be used so: ${cause.message}`,
        { cause },
      );
    }
    return new BridgedLine(bridge, controller, offset, use, released);
  }
}

/** As `BridgedBus.prepare`: a bridge has its lines once. */
export async function prepareGpio(_bridge: Bridge, place: BridgedPlace): Promise<void> {
  busNumber(place, 1);
}

function offsetOf(line: GpioLineName, names: readonly string[]): number | undefined {
  const offset = typeof line === "number" ? line : names.indexOf(line);
  return offset >= 0 && offset < names.length ? offset : undefined;
}

/** A line that was taken in one life of the bridge's driver; in the next one, it is taken again. */
class BridgedLine implements GpioLine {
  readonly #bridge: Bridge;
  readonly #offset: number;
  readonly #use: GpioLineUse;
  readonly #life: BridgeLife | undefined;
  readonly #released: () => void;
  #takenOf: GpioController;
  #isClosed = false;

  /** @param released called when the line is free for others */
  constructor(
    bridge: Bridge,
    takenOf: GpioController,
    offset: number,
    use: GpioLineUse,
    released: () => void,
  ) {
    this.#released = released;
    this.#bridge = bridge;
    this.#takenOf = takenOf;
    this.#offset = offset;
    this.#use = use;
    this.#life = bridge.lastLife;
  }

  get lost(): string | undefined {
    return this.#life?.lost;
  }

  read(): Promise<GpioLevel> {
    return this.#with((controller) => controller.read(this.#offset));
  }

  write(level: GpioLevel): Promise<void> {
    return this.#with((controller) => controller.write(this.#offset, level));
  }

  watch(): Disposable {
    throw new GpioError(
      { tag: "operation-not-supported" },
      `the bridge "${this.#bridge.name}" tells of no edges`,
    );
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // After what is under way, which may take it again. A bridge that is gone has let go of it.
    const release = () => this.#takenOf.release(this.#offset);
    await this.#bridge.turns.take(release).catch(() => undefined);
    this.#released();
  }

  /** A bridge that comes back is another one, whose lines are those of whoever is started then. */
  #requireThere(): void {
    const reason = this.#isClosed ? "the line was closed" : this.lost;
    if (reason !== undefined) throw new Error(reason);
  }

  async #with<Result>(run: (controller: GpioController) => Promise<Result>): Promise<Result> {
    try {
      this.#requireThere();
      const controller = await this.#bridge.device(gpioController);
      return await this.#bridge.turns.take(async () => {
        this.#requireThere();
        if (controller !== this.#takenOf) {
          await controller.take(this.#offset, this.#use);
          this.#takenOf = controller;
        }
        return run(controller);
      });
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      throw gpioErrorOf(thrown);
    }
  }
}

/** What a driver of lines answers, as what wasi:gpio has for it. */
function gpioErrorOf(cause: Error): GpioError {
  const code = cause instanceof DeviceError ? cause.code : undefined;
  if (code === "unsupported")
    return new GpioError({ tag: "operation-not-supported" }, cause.message, { cause });
  if (code === "bus") return new GpioError({ tag: "hardware-fault" }, cause.message, { cause });
  return new GpioError({ tag: "other", val: cause.message }, cause.message, { cause });
}
