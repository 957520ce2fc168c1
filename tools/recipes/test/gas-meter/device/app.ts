import { AppDevice } from "../app-device.ts";
import type { GasMeter } from "./gas-meter.ts";

/** What an app has of one: the resource of busbar:device/gas-meter. */
export class GasMeterResource extends AppDevice<GasMeter> {
  volume(): Promise<number> {
    return this.device.volume();
  }

  close(): Promise<void> {
    return this.closeQuietly();
  }
}
