import { constants, readdirSync, readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { MONITOR_PORT } from "../qemu-usb.ts";
import { waitFor } from "./wait.ts";

const PORTS = "/sys/class/virtio-ports";
const CHUNK_BYTES = 4096;

/** One input event of QMP, `InputEvent`: `{ type: "rel", data: { axis: "x", value: 5 } }`. */
export interface InputEvent {
  readonly type: "key" | "btn" | "rel" | "abs";
  readonly data: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

/** QEMU's own monitor, from inside the machine that it runs: docs/interop/qmp-spec.rst, QEMU's QMP reference. */
export class QemuMonitor implements AsyncDisposable {
  readonly #port: FileHandle;
  #received = "";
  #commands = 0;

  private constructor(port: FileHandle) {
    this.#port = port;
  }

  /** Opens the port to it, which one at a time can have. */
  static async open(): Promise<QemuMonitor> {
    const name = readdirSync(PORTS).find(
      (each) => readFileSync(`${PORTS}/${each}/name`, "utf8").trim() === MONITOR_PORT,
    );
    if (name === undefined) throw new Error(`This machine has no port ${MONITOR_PORT}.`);
    const monitor = new QemuMonitor(await open(`/dev/${name}`, constants.O_RDWR | constants.O_NONBLOCK));
    // Once a connection; a monitor that is past that says so, which does not matter.
    await monitor.execute("qmp_capabilities").catch(() => undefined);
    return monitor;
  }

  /**
   * Executes a command of QMP.
   *
   * @throws Error with what QEMU says
   */
  async execute(command: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    this.#commands += 1;
    const id = this.#commands;
    await this.#port.write(`${JSON.stringify({ execute: command, arguments: parameters, id })}\n`);
    const answer = await waitFor(`pass on QEMU's answer to ${command}`, () => this.#find(id));
    if (answer.error !== undefined) throw new Error(`QEMU refuses ${command}: ${answer.error.desc}`);
    return answer.return;
  }

  /** Presses, moves, or lets go, all in one moment. */
  async input(events: readonly InputEvent[]): Promise<void> {
    await this.execute("input-send-event", { events });
  }

  /** Lets go of the port. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#port.close();
  }

  /** The answer to a command, where it is there; the greeting, events and older answers are passed over. */
  async #find(id: number): Promise<Answer | undefined> {
    this.#received += await this.#read();
    const lines = this.#received.split("\n");
    this.#received = lines.pop()!;
    const answers = lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as Answer);
    return answers.find((answer) => answer.id === id);
  }

  async #read(): Promise<string> {
    try {
      const { bytesRead, buffer } = await this.#port.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES);
      return buffer.toString("latin1", 0, bytesRead);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return "";
      throw error;
    }
  }
}
