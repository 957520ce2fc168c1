/** For programs: opens boards, and gives what their devices are, and what they say. */

export { AppError, type RunOptions } from "./app/app.ts";
export type { TakeInput, TakeOutput } from "./app/context.ts";
export type { AppEntry, FolderGrant } from "./board/app-entry.ts";
export type { BoardChange } from "./board/change.ts";
export { type EntryPlace, entriesOf, entryOf, type PlacedEntry } from "./board/entries.ts";
export type { Limits } from "./board/entry.ts";
export { type BoardEvent, type BoardListener, describeTransaction } from "./board/event.ts";
export { type LastReading, OpenBoard, type OpenOptions, type Refusal } from "./board/open.ts";
export { parseBoard, parseBoardText } from "./board/parse.ts";
export {
  type AnyBoard,
  type Board,
  type BoardFile,
  boardSchema,
  type DeviceEntry,
  type SimulateEntry,
  type SimulateGpioEntry,
  type SimulateI2cEntry,
  type SimulateSpiEntry,
  type SimulateUartEntry,
  type SimulateUsbEntry,
  type WrittenEntry,
} from "./board/schema.ts";
export type { Simulate } from "./board/simulate.ts";
export { busesOf, describeWiring } from "./board/wiring.ts";
export { bridgesBefore } from "./bridge/order.ts";
export type { GpioGrant, GpioLineGrant } from "./bus/gpio/grant.ts";
export type { GpioState } from "./bus/gpio/state.ts";
export type { GpioTraceEvent } from "./bus/gpio/trace.ts";
export type { I2cGrant } from "./bus/i2c/grant.ts";
export { describeOperations, type I2cTraceEvent } from "./bus/i2c/trace.ts";
export type { DelayHandle, I2cHandle } from "./bus/i2c/wasi-i2c.ts";
export type { SpiGrant } from "./bus/spi/grant.ts";
export { describeSpiOperations, type SpiTraceEvent } from "./bus/spi/trace.ts";
export type { UartGrant } from "./bus/uart/grant.ts";
export { describeUartOperation, type UartTraceEvent } from "./bus/uart/trace.ts";
export type { UsbGrant } from "./bus/usb/grant.ts";
export type { UsbTraceEvent } from "./bus/usb/trace.ts";
export type { Clock } from "./clock.ts";
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
export { LinkError } from "./component/reader.ts";
export { type ComponentSummary, type ModuleSummary, summarizeComponent } from "./component/summary.ts";
export { Trap } from "./component/trap.ts";
export { BlockDevice, type BlockDeviceInfo } from "./device/block-device/block-device.ts";
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
export {
  Contact,
  type ContactChange,
  type ContactChanges,
  type ContactInfo,
  type ContactReadOptions,
} from "./device/contact/contact.ts";
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
export type { DeviceKind } from "./device/modules.ts";
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
export { Switch, type SwitchInfo } from "./device/switch/switch.ts";
export {
  type CustomCharacters,
  customCharacter,
  TextDisplay,
  type TextDisplayCapabilities,
  type TextDisplayInfo,
  type TextDisplaySize,
} from "./device/text-display/text-display.ts";
export { UsbEcho, type UsbEchoInfo, type UsbEchoPipe } from "./device/usb-echo/usb-echo.ts";
export { HostError, type HostErrorCode } from "./error.ts";
export { printable, printableJson, printableText } from "./text.ts";
export type { AuditEvent, ComplaintEvent, LifecycleEvent, WarningEvent } from "./trace/events.ts";
