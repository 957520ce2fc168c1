/** For authors of platforms: what gives the host buses, SPI and USB devices, folders and components, and the errors that it takes from them. */

export type { Platform, PlatformServices } from "./board/drivers.ts";
export { longestBoard, tooLongBoard } from "./board/json.ts";
export type {
  GpioBackend,
  GpioChipName,
  GpioDirection,
  GpioDrive,
  GpioEdge,
  GpioLevel,
  GpioLine,
  GpioLineName,
  GpioLineUse,
} from "./bus/gpio/backend.ts";
export { chipNameOf } from "./bus/gpio/chip-name.ts";
export { GpioError, type GpioErrorCode } from "./bus/gpio/error.ts";
export type { I2cAnswer, I2cBackend, I2cBus, I2cBusName, I2cOperation, I2cUse } from "./bus/i2c/backend.ts";
export { busNameOf } from "./bus/i2c/bus-name.ts";
export { I2cError, type I2cErrorCode } from "./bus/i2c/error.ts";
export type { BackendsOf } from "./bus/module.ts";
export type {
  SpiAnswer,
  SpiBackend,
  SpiBitOrder,
  SpiBusName,
  SpiDevice,
  SpiOperation,
  SpiWiring,
} from "./bus/spi/backend.ts";
export { spiBusNameOf } from "./bus/spi/bus-name.ts";
export { SpiError, type SpiErrorCode } from "./bus/spi/error.ts";
export type {
  UartBackend,
  UartFlowControl,
  UartLineSettings,
  UartParity,
  UartPort,
  UartPortName,
  UartUse,
} from "./bus/uart/backend.ts";
export { UartError, type UartErrorCode } from "./bus/uart/error.ts";
export { uartPortNameOf } from "./bus/uart/port-name.ts";
export type {
  UsbBackend,
  UsbDevice,
  UsbHandle,
  UsbHotplugEvent,
  UsbLocation,
  UsbSetup,
  UsbSpeed,
  UsbTransfer,
  UsbTransferRequest,
  UsbTransferResult,
} from "./bus/usb/backend.ts";
export {
  parseConfigurationDescriptor,
  parseDeviceDescriptor,
  splitDescriptors,
  type UsbConfigurationDescriptor,
  type UsbDeviceDescriptor,
  type UsbEndpointDescriptor,
  type UsbInterfaceDescriptor,
} from "./bus/usb/descriptors.ts";
export { type LibusbErrorCode, UsbError } from "./bus/usb/error.ts";
export { currentConfiguration, describeDevice, factsOf, fidoInterfaces } from "./bus/usb/facts.ts";
export {
  ComponentArtifact,
  type LoadedComponent,
  type StartedComponent,
  type StartOptions,
} from "./component/artifact.ts";
export { Pace } from "./component/preempt/pace.ts";
export {
  type PreparedStore,
  preparationVersion,
  prepareComponent,
  prepareModule,
} from "./component/prepare.ts";
export { BackendError } from "./error.ts";
export {
  type Folder,
  type FolderEntries,
  type FolderEntry,
  FolderError,
  type FolderErrorCode,
  type FolderFile,
  type FolderOpenOptions,
  type FolderStat,
  type FolderTime,
} from "./folder/backend.ts";
