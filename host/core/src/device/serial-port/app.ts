import { AppDevice } from "../app-device.ts";
import type { ControlSignals, LineSettings, LineState, SerialPort, SerialPortInfo } from "./serial-port.ts";

/** What an app has of one: the resource of busbar:device/serial-port. */
export class SerialPortResource extends AppDevice<SerialPort> {
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
