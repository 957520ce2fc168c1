/** The Busbar host: loads driver components, checks them against a board file, links and runs them. */

export { AppError, type RunOptions } from "./app/app.ts";
export type { TakeInput, TakeOutput } from "./app/context.ts";
export { appOffers } from "./app/offers.ts";
export type { AppEntry, FolderGrant } from "./board/app-entry.ts";
export type { BoardChange } from "./board/change.ts";
export type { Platform, PlatformServices } from "./board/drivers.ts";
export type { Limits } from "./board/entry.ts";
export { type BoardEvent, type BoardListener, describeTransaction } from "./board/event.ts";
export { longestBoard, tooLongBoard } from "./board/json.ts";
export { type LastReading, OpenBoard, type OpenOptions, type Refusal } from "./board/open.ts";
export { parseBoard, parseBoardText } from "./board/parse.ts";
export {
  type AnyBoard,
  type Board,
  type BoardFile,
  boardSchema,
  type DeviceEntry,
  type SimulateEntry,
  type SimulateI2cEntry,
  type SimulateUsbEntry,
  type WrittenEntry,
} from "./board/schema.ts";
export type { Simulate } from "./board/simulate.ts";
export { describeWiring } from "./board/wiring.ts";
export { addressesOf } from "./bus/i2c/addresses.ts";
export type { I2cAnswer, I2cBackend, I2cBus, I2cBusName, I2cOperation, I2cUse } from "./bus/i2c/backend.ts";
export { busNameOf } from "./bus/i2c/bus-name.ts";
export { I2cError, type I2cErrorCode } from "./bus/i2c/error.ts";
export type { I2cGrant } from "./bus/i2c/grant.ts";
export { type I2cCall, type I2cDenial, type I2cVerdict, judgeI2c } from "./bus/i2c/judge.ts";
export { describeOperations, type I2cTraceEvent } from "./bus/i2c/trace.ts";
export type { I2cTypes } from "./bus/i2c/types.ts";
export type { I2cUseMade } from "./bus/i2c/use.ts";
export type { DelayHandle, I2cHandle } from "./bus/i2c/wasi-i2c.ts";
export type { BackendsOf, BusModule, BusModules } from "./bus/module.ts";
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
export { fittingInterfaces, parseUsbFits, type UsbFit, usbFitsSchema } from "./bus/usb/fits.ts";
export type { UsbGrant } from "./bus/usb/grant.ts";
export {
  grantedInterfaces,
  judgeUsb,
  matchesUsb,
  type UsbCall,
  type UsbDenial,
  type UsbFacts,
  type UsbInterfaceFacts,
  type UsbVerdict,
} from "./bus/usb/judge.ts";
export type { UsbTraceEvent } from "./bus/usb/trace.ts";
export type { UsbTypes } from "./bus/usb/types.ts";
export type { UsbUseMade } from "./bus/usb/use.ts";
export type { Clock } from "./clock.ts";
export {
  ComponentArtifact,
  type LoadedComponent,
  type StartedComponent,
  type StartOptions,
} from "./component/artifact.ts";
export type { ComponentExports } from "./component/exports.ts";
export {
  type ComponentInterface,
  type Extern,
  type ExternKind,
  readComponent,
} from "./component/interface.ts";
export { type InterfaceName, parseInterfaceName, serves } from "./component/interface-name.ts";
export { ComponentError } from "./component/lift.ts";
export { type ComponentMetadata, metadataSectionNames, readMetadata } from "./component/metadata.ts";
export { Pace } from "./component/preempt/pace.ts";
export {
  type PreparedStore,
  preparationVersion,
  prepareComponent,
  prepareModule,
} from "./component/prepare.ts";
export { LinkError } from "./component/reader.ts";
export {
  type ComponentSummary,
  type ModuleSummary,
  summarizeComponent,
} from "./component/summary.ts";
export { Trap } from "./component/trap.ts";
export {
  AppDevice,
  type AppInterface,
  type AppLife,
  appInterface,
  type OpenForApp,
} from "./device/app-device.ts";
export {
  BlockDevice,
  type BlockDeviceInfo,
} from "./device/block-device/block-device.ts";
export {
  CallableComponent,
  type CallableFunctions,
  ReturnedError,
  type UntypedExports,
} from "./device/callable-component.ts";
export {
  Camera,
  type CameraFrame,
  type CameraInfo,
  type CameraMode,
  type CameraReadOptions,
} from "./device/camera/camera.ts";
export { type BusFaultKind, DeviceError, type DeviceErrorPayload } from "./device/error.ts";
export { Hid } from "./device/hid/hid.ts";
export type {
  HidCollection,
  HidField,
  HidFieldFlags,
  HidInfo,
  HidRawReport,
  HidReadOptions,
  HidReport,
  HidReportKind,
  HidValue,
} from "./device/hid/types.ts";
export type { DeviceModule, DeviceModules, DeviceOpening } from "./device/module.ts";
export { type DeviceKind, deviceInterfaces, deviceModules } from "./device/modules.ts";
export {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "./device/opened-device.ts";
export {
  type Channel,
  type Quantity,
  type Reading,
  Sensor,
  type SensorInfo,
  units,
} from "./device/sensor/sensor.ts";
export {
  type ControlSignals,
  type LineSettings,
  type LineState,
  SerialPort,
  type SerialPortInfo,
  type SerialReadOptions,
} from "./device/serial-port/serial-port.ts";
export {
  type CustomCharacters,
  customCharacter,
  TextDisplay,
  type TextDisplayCapabilities,
  type TextDisplayInfo,
  type TextDisplaySize,
} from "./device/text-display/text-display.ts";
export { UsbEcho, type UsbEchoInfo, type UsbEchoPipe } from "./device/usb-echo/usb-echo.ts";
export { BackendError, HostError, type HostErrorCode } from "./error.ts";
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
export { type FolderCall, type FolderDenial, type FolderVerdict, judgeFolder } from "./grants/folder.ts";
export { leastEntry } from "./grants/least.ts";
export { type DeviceUse, mergeUse } from "./grants/use.ts";
export { parseUses } from "./grants/use-record.ts";
export type { Offer } from "./link/grant.ts";
export { isCallable, type Link, link } from "./link/link.ts";
export { offers } from "./link/offers.ts";
export {
  type BuiltIn,
  type BusesIn,
  builtIn,
  type HostModule,
  type HostModules,
  splitModules,
  type With,
  withModules,
} from "./modules.ts";
export { printable, printableJson, printableText } from "./text.ts";
export type { AuditEvent, ComplaintEvent, LifecycleEvent, WarningEvent } from "./trace/events.ts";
