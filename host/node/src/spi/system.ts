import { type LinuxSystem, thisMachine } from "../linux/system.ts";
import { loadSpiDev, type SpiDev } from "./ioctl.ts";

/** Everything that the SPI backend takes from its surroundings; a test gives its own. */
export interface SpiSystem extends Pick<LinuxSystem, "platform" | "files" | "locks"> {
  /** @throws BackendError when the native part cannot be loaded */
  spiDev(): SpiDev;
}

/** The machine that runs us. */
export const thisSpiMachine: SpiSystem = {
  platform: thisMachine.platform,
  files: thisMachine.files,
  locks: thisMachine.locks,
  spiDev: loadSpiDev,
};
