import type {
  ControlSignals,
  LineSettings,
  LineState,
  SerialPort,
  SerialPortInfo,
} from "../../device/serial-port.ts";
import type { AppContext } from "../context.ts";
import { AppDevice } from "./app-device.ts";
import { opened } from "./opened.ts";

/** busbar:device/serial-port for one app. */
export function appSerialPorts(context: AppContext) {
  return {
    Device: SerialPortResource,
    open: async (name: string) =>
      new SerialPortResource(context, await opened(context, name, () => context.devices.serialPort(name))),
  };
}

class SerialPortResource extends AppDevice<SerialPort> {
  async info(): Promise<SerialPortInfo> {
    return this.device.info;
  }

  getLineSettings(): Promise<LineSettings> {
    return this.device.lineSettings();
  }

  setLineSettings(settings: LineSettings): Promise<void> {
    return this.device.setLineSettings(settings);
  }

  read(maxBytes: number, timeoutMs: number): Promise<Uint8Array> {
    return this.device.read({ maxBytes, timeoutMs, signal: this.signal });
  }

  write(data: Uint8Array): Promise<void> {
    return this.device.write(data);
  }

  drain(): Promise<void> {
    return this.device.drain();
  }

  setControlSignals(signals: ControlSignals): Promise<void> {
    return this.device.setControlSignals(signals);
  }

  getLineState(): Promise<LineState> {
    return this.device.lineState();
  }

  sendBreak(durationMs: number): Promise<void> {
    return this.device.sendBreak(durationMs);
  }

  async close(): Promise<void> {
    await this.device[Symbol.asyncDispose]();
  }
}
