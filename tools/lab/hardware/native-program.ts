/** The programs of the native hosts that the hardware tests run. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = new URL("../../../", import.meta.url);
const pathOf = (file: string) => fileURLToPath(new URL(file, root));
/** The command on Wasmtime, busbar-host/examples/usb_lab.rs, and where scripts/check.mjs of that host has compiled the drivers. */
export const onWasmtime = {
  command: pathOf("host/wasmtime/target/debug/busbar-wasmtime"),
  program: pathOf("host/wasmtime/target/debug/examples/usb_lab"),
  cache: pathOf("host/wasmtime/target/drivers"),
};
/** The command on WAMR, busbar-wamr/examples/usb_lab.rs, and where scripts/check.mjs of that host has flattened them. */
export const onWamr = {
  command: pathOf("host/wamr/target/debug/busbar-wamr"),
  program: pathOf("host/wamr/target/debug/examples/usb_lab"),
  cache: pathOf("host/wamr/target/cache"),
};
/** Why its tests are left out. */
export const UNBUILT = "cargo has not built it: npx -y pnpm@12 test:native";
/** A program, and where its drivers are. */
export type NativeProgram = Pick<typeof onWasmtime, "program" | "cache">;
/** Whether there is all that its tests need. */
export const isBuilt = ({ program, cache }: NativeProgram = onWasmtime) => [program, cache].every(existsSync);

/** The component of a driver package; of one with several, that of a bus. */
export const driver = (name: string, bus?: string) =>
  pathOf(`packages/${name}/dist/${bus === undefined ? name : `${name}-${bus}`}.wasm`);

/** An app with its drivers in it, which src/compose.ts has made. */
export const composed = (name: string) => pathOf(`tools/lab/dist/composed/${name}.wasm`);

/** The program, of which the lines are read one after the other. */
export class Running {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly said: string[] = [];

  constructor(scenario: string, board: string, { program, cache }: NativeProgram = onWasmtime) {
    this.#process = spawn(program, [scenario, board], { env: { ...process.env, XDG_CACHE_HOME: cache } });
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** Reads on until a line begins with this. @throws Error when there is none any more */
  async until(start: string): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`It never said "${start}", but:\n${this.said.join("\n")}`);
      this.said.push(value);
      if (value.startsWith(start)) return value;
    }
  }

  /** {@link end}, without what depends on whether the kernel has recognised the device already. */
  async endBesidesWaiting(): Promise<string[]> {
    return (await this.end()).filter((line) => !/^(event \S+ )?waiting/.test(line));
  }

  /** Lets it go on, where it waits for that. */
  goOn(): void {
    this.#process.stdin.write("\n");
  }

  /** All that it says, until it ends. */
  async end(): Promise<string[]> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) return this.said;
      this.said.push(value);
    }
  }

  /** Ends it so that it can give nothing back. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await ended;
  }
}
