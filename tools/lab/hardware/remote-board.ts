/** The devices of a board that another process has: asked through the app device-calls, which that process runs. */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import {
  type Answer,
  type DeviceInterface,
  type Request,
  readAnswer,
  writeRequest,
} from "@busbar/device-calls";
import { BlockDevice, Camera, DeviceError, Hid, Sensor, SerialPort, TextDisplay } from "@busbar/host";
import type { DeviceLife } from "@busbar/host/module";
import { nodeClock } from "@busbar/host-node";
import { SLOW_LIMITS } from "./support.ts";

/** A board under a command, and what the library for Node makes of its devices. */
export class RemoteBoard implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #errors = "";

  /** Of a command that runs device-calls with its own standard input and output; it ends with this. */
  constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#process.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    // Whoever writes to a command that has ended is told why by the answer that does not come.
    this.#process.stdin.on("error", () => undefined);
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => this.#process.once("close", resolve));
  }

  sensor(name: string): Promise<Sensor> {
    return Sensor.open(name, this.#life("sensor"), nodeClock);
  }

  textDisplay(name: string): Promise<TextDisplay> {
    return TextDisplay.open(name, this.#life("text-display"));
  }

  blockDevice(name: string): Promise<BlockDevice> {
    return BlockDevice.open(name, this.#life("block-device"));
  }

  serialPort(name: string): Promise<SerialPort> {
    return SerialPort.open(name, this.#life("serial-port"), nodeClock);
  }

  hid(name: string): Promise<Hid> {
    return Hid.open(name, this.#life("hid"), nodeClock);
  }

  camera(name: string): Promise<Camera> {
    return Camera.open(name, this.#life("camera"), nodeClock);
  }

  /** Lets the app end, which closes what is open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }

  /** Calls of a device of the other process, as if its driver ran in this one. */
  #life(kind: DeviceInterface): DeviceLife {
    const open = async (name: string) => {
      await this.#ask({ device: name, open: kind });
      const ask = (call: string, parameters: unknown[]) =>
        this.#ask({ device: name, call, with: parameters });
      const get = (_: object, call: string | symbol) => {
        // What is awaited is asked for "then".
        if (typeof call !== "string" || call === "then") return undefined;
        return (...parameters: unknown[]) => ask(call, parameters);
      };
      return new Proxy({}, { get });
    };
    return {
      alive: true,
      callMs: SLOW_LIMITS.callMs,
      call: async (invoke) => await invoke({ open }),
      opened: () => undefined,
      closed: () => undefined,
      drop: async () => undefined,
    };
  }

  /** Requests are answered in their order. */
  async #ask(request: Request): Promise<unknown> {
    this.#process.stdin.write(`${writeRequest(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) {
      await this.#ended;
      throw new Error(`The command ended: ${this.#errors}`);
    }
    const answer: Answer = readAnswer(value);
    if ("error" in answer) throw new DeviceError(request.device, answer.error);
    return answer.result;
  }
}
