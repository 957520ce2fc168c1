/** The Busbar host on Node: `openBoard`, component files, and Linux's I2C, SPI, GPIO and serial ports. */

export { AddressSpaceError, trapHandlerFlag } from "./address-space.ts";
export { readBoundedFile, UnfitFileError } from "./bounded-file.ts";
export * from "./bundle/index.ts";
export { nodeClock } from "./clock.ts";
export {
  componentFromBytes,
  type FetchComponent,
  LONGEST_COMPONENT,
  loadComponent,
} from "./components/load.ts";
export { preparedIn, preparedOfUser } from "./components/prepared.ts";
export { isInRegistry, resolveComponent } from "./components/resolve.ts";
export { openFolder } from "./folder.ts";
export * from "./gpio/index.ts";
export { type InstalledPackage, installedPackages } from "./installed-packages.ts";
export * from "./linux/index.ts";
export { findInstalledModel, type InstalledModel, loadModels } from "./models.ts";
export { neededNode, nodeProblem, requireNode } from "./node-version.ts";
export { type OpenBoardOptions, type OpenBoardWithModules, openBoard, readBoard } from "./open-board.ts";
export * from "./spi/index.ts";
export * from "./systemd/index.ts";
export { nativePackages, nativePackagesOf } from "./this-machine.ts";
export * from "./uart/index.ts";
export * from "./usb/index.ts";
