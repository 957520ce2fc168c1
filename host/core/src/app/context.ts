import type { Clock } from "../clock.ts";
import type { Sensor } from "../device/sensor.ts";
import type { TextDisplay } from "../device/text-display.ts";
import type { Trace } from "../trace/trace.ts";

/** Where an app's devices come from: the board. */
export interface DeviceSource {
  sensor(name: string): Promise<Sensor>;
  textDisplay(name: string): Promise<TextDisplay>;
}

/** What the imports of one app work with. */
export interface AppContext {
  /** The app's name in the board file. */
  readonly app: string;
  /** The devices that the board lets it use. */
  readonly uses: ReadonlySet<string>;
  readonly devices: DeviceSource;
  readonly clock: Clock;
  readonly trace: Trace;
  /** Aborts when the app has to end: every import throws from then on. */
  readonly signal: AbortSignal;
  /** Takes what the app prints. */
  output(bytes: Uint8Array): void;
}
