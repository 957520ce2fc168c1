import type {
  ControlSignals,
  LineSettings,
  LineState,
  SerialPort,
  SerialPortInfo,
} from "../../device/serial-port.ts";
import type { AppContext } from "../context.ts";
import { closeQuietly, opened } from "./opened.ts";

/** busbar:device/serial-port for one app. */
export function appSerialPorts(context: AppContext) {
  return {
    Device: SerialPortResource,
    open: async (name: string) =>
      new SerialPortResource(
        await opened(context, name, () => context.devices.serialPort(name)),
        context.signal,
      ),
  };
}

class SerialPortResource implements Disposable {
  readonly #port: SerialPort;
  readonly #signal: AbortSignal;

  constructor(port: SerialPort, signal: AbortSignal) {
    this.#port = port;
    this.#signal = signal;
  }

  async info(): Promise<SerialPortInfo> {
    return this.#port.info;
  }

  getLineSettings(): Promise<LineSettings> {
    return this.#port.lineSettings();
  }

  setLineSettings(settings: LineSettings): Promise<void> {
    return this.#port.setLineSettings(settings);
  }

  read(maxBytes: number, timeoutMs: number): Promise<Uint8Array> {
    return this.#port.read({ maxBytes, timeoutMs, signal: this.#signal });
  }

  write(data: Uint8Array): Promise<void> {
    return this.#port.write(data);
  }

  drain(): Promise<void> {
    return this.#port.drain();
  }

  setControlSignals(signals: ControlSignals): Promise<void> {
    return this.#port.setControlSignals(signals);
  }

  getLineState(): Promise<LineState> {
    return this.#port.lineState();
  }

  sendBreak(durationMs: number): Promise<void> {
    return this.#port.sendBreak(durationMs);
  }

  async close(): Promise<void> {
    await this.#port[Symbol.asyncDispose]();
  }

  [Symbol.dispose](): void {
    void closeQuietly(this.#port);
  }
}
