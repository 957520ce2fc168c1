export {
  type FutureReadable,
  type FutureWritable,
  type StreamReadable,
  type StreamWritable,
  takeItems,
  takeValue,
} from "./async.ts";
export { type BlockRange, blocksOf, checkBlockRange } from "./block-device-arguments.ts";
export {
  type BlockDeviceDefinition,
  type BlockDeviceDriver,
  type BlockDeviceExport,
  type BlockDeviceInfo,
  blockDeviceOn,
  type ExportedBlockDevice,
} from "./block-device-export.ts";
export { BoardTimer, type Time, type Timer } from "./board-time.ts";
export {
  type CameraDefinition,
  type CameraDriver,
  type CameraExport,
  cameraOn,
  type ExportedCamera,
} from "./camera-export.ts";
export {
  type ContactDefinition,
  type ContactDriver,
  type ContactExport,
  contactOn,
  type ExportedContact,
} from "./contact-export.ts";
export { DataReady } from "./data-ready.ts";
export {
  type Board,
  type Closable,
  type DriverBus,
  type DriverClass,
  type DriverDefinition,
  type Opened,
  OpenedDevice,
  openDriver,
} from "./driver.ts";
export {
  boardFault,
  busFaultWhile,
  DriverError,
  deviceFault,
  exported,
  gpioFault,
  i2cFault,
} from "./errors.ts";
export { type GpioGiven, type GpioImports, gpioOn } from "./gpio-bus.ts";
export {
  type ExportedGpioController,
  type GpioControllerDefinition,
  type GpioControllerDriver,
  type GpioControllerExport,
  gpioControllerOn,
} from "./gpio-controller-export.ts";
export {
  type GpioBoard,
  type GpioLines,
  type InputLine,
  type InputOutputLine,
  type LineEdge,
  type LineEdges,
  type OutputLine,
  WasiGpioLines,
} from "./gpio-lines.ts";
export { hex } from "./hex.ts";
export { type I2cBoard, type I2cGiven, i2cOn } from "./i2c-bus.ts";
export {
  type ExportedI2cController,
  type I2cControllerDefinition,
  type I2cControllerDriver,
  type I2cControllerExport,
  i2cControllerOn,
} from "./i2c-controller-export.ts";
export { type Delay, type I2cOperation, type I2cTarget, WasiDelay, WasiI2cTarget } from "./i2c-target.ts";
export { isUniform, type ReadTwiceOptions, readTwice } from "./read-twice.ts";
export { placeOf, Registers, type RegisterTarget } from "./registers.ts";
export {
  type ExportedSensor,
  type SensorDefinition,
  type SensorDriver,
  type SensorExport,
  sensorOn,
} from "./sensor-export.ts";
export {
  type ExportedSensorStream,
  type Reading,
  type SensorStreamExport,
  type StreamEngine,
  type StreamOutcome,
  sensorStreamOn,
} from "./sensor-stream-export.ts";
export {
  type ExportedSerialPort,
  type SerialPortDefinition,
  type SerialPortDriver,
  type SerialPortExport,
  serialPortOn,
} from "./serial-port-export.ts";
export {
  completeOptions,
  flag,
  integer,
  type Option,
  type OptionsOf,
  type OptionTable,
  oneOf,
  parseSettings,
} from "./settings.ts";
export {
  registersOn,
  type SpiBoard,
  type SpiGiven,
  type SpiRegistersGiven,
  spiOn,
} from "./spi-bus.ts";
export {
  type ExportedSpiController,
  type SpiControllerDefinition,
  type SpiControllerDriver,
  type SpiControllerExport,
  spiControllerOn,
} from "./spi-controller-export.ts";
export { type SpiDevice, type SpiOperation, WasiSpiDevice } from "./spi-device.ts";
export { spiFault } from "./spi-errors.ts";
export { SpiRegisterTarget } from "./spi-registers.ts";
export {
  type ExportedSwitch,
  type SwitchDefinition,
  type SwitchDriver,
  type SwitchExport,
  switchOn,
} from "./switch-export.ts";
export {
  brightnessLevel,
  cannotShow,
  checkBlinkRate,
  checkCustomCharacter,
  checkFits,
  FIRST_CUSTOM_CHARACTER,
  type TextDisplayCapabilities,
} from "./text-display-arguments.ts";
export {
  type ExportedTextDisplay,
  type TextDisplayDefinition,
  type TextDisplayDriver,
  type TextDisplayExport,
  textDisplayOn,
} from "./text-display-export.ts";
export { together } from "./together.ts";
export { fromU64, toU64 } from "./u64.ts";
export { type UartBoard, type UartGiven, uartOn } from "./uart-bus.ts";
export { UartFault, type UartFaultCode, uartFault } from "./uart-errors.ts";
export { type FrameFinder, type FrameWait, readFrame } from "./uart-frames.ts";
export { type UartPort, WasiUartPort } from "./uart-port.ts";
export { type UsbBoard, type UsbGiven, usbOn } from "./usb-bus.ts";
export {
  type ConfigurationBytes,
  DescriptorType,
  descriptorsIn,
  type EndpointBytes,
  type InterfaceAssociation,
  type InterfaceBytes,
  parseConfiguration,
  parseString,
} from "./usb-descriptors.ts";
export {
  type ControlRequest,
  endpointDirection,
  endpointType,
  type InterfaceMatch,
  UsbDevice,
  type UsbHost,
} from "./usb-device.ts";
export { UsbFault, usbFault } from "./usb-errors.ts";
export {
  type AwaitTransfer,
  type IsoPacket,
  type IsoPacketStatus,
  PendingTransfer,
  type TransferResult,
} from "./usb-transfer.ts";
export { utf8 } from "./utf8.ts";
export type {
  BusFault,
  BusFaultKind,
  CameraEncoding,
  CameraFrame,
  CameraInfo,
  CameraMode,
  Channel,
  ConfigurationDescriptor,
  ContactChange,
  ContactChanges,
  ContactInfo,
  ControlSignals,
  CustomCharacters,
  DeviceDescriptor,
  DeviceError,
  DeviceLocation,
  EndpointDescriptor,
  GpioControllerInfo,
  GpioLevel,
  GpioLineUse,
  I2cControllerInfo,
  I2cErrorCode,
  Info,
  InterfaceDescriptor,
  LibusbError,
  LineSettings,
  LineState,
  Parity,
  Quantity,
  SerialPortInfo,
  SpiControllerInfo,
  SpiWiring,
  StopBits,
  SwitchInfo,
  TextDisplaySize,
  TransferSetup,
  TransferType,
  UartError,
  UartLineSettings,
  Wiring,
} from "./wit.ts";
