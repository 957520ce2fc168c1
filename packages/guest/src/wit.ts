/// <reference path="../generated/index.d.ts" preserve="true" />

/** The WIT types that this library speaks, under one name each; `busbar-build types` generates them from wit/. */

export type { Edge as GpioEdge, Edges as WasiGpioEdges } from "busbar:board/gpio@0.1.0";
export type { Wiring } from "busbar:board/i2c@0.1.0";
export type {
  Error as UartError,
  LineSettings as UartLineSettings,
  Port as WasiUartPort,
} from "busbar:board/uart@0.1.0";
export type { Info as BlockDeviceInfo } from "busbar:device/block-device@0.1.0";
export type {
  Encoding as CameraEncoding,
  Frame as CameraFrame,
  Info as CameraInfo,
  Mode as CameraMode,
} from "busbar:device/camera@0.1.0";
export type {
  Change as ContactChange,
  Changes as ContactChanges,
  Info as ContactInfo,
} from "busbar:device/contact@0.1.0";
export type { BusFault, BusFaultKind, Error as DeviceError } from "busbar:device/errors@0.1.0";
export type {
  Info as GpioControllerInfo,
  Level as GpioLevel,
  LineUse as GpioLineUse,
} from "busbar:device/gpio-controller@0.1.0";
export type {
  Failure as I2cControllerFailure,
  Info as I2cControllerInfo,
  Operation as I2cControllerOperation,
} from "busbar:device/i2c-controller@0.1.0";
export type { Channel, Info, Quantity } from "busbar:device/sensor@0.1.0";
export type {
  ControlSignals,
  Info as SerialPortInfo,
  LineSettings,
  LineState,
  Parity,
  StopBits,
} from "busbar:device/serial-port@0.1.0";
export type {
  ErrorCode as SpiControllerErrorCode,
  Info as SpiControllerInfo,
  Operation as SpiControllerOperation,
  Wiring as SpiWiring,
} from "busbar:device/spi-controller@0.1.0";
export type { Info as SwitchInfo } from "busbar:device/switch@0.1.0";
export type { CustomCharacters, Size as TextDisplaySize } from "busbar:device/text-display@0.1.0";
export type {
  FutureReadable,
  FutureWritable,
  StreamReadable,
  StreamWritable,
} from "busbar:engine/async";
export type {
  ConfigurationDescriptor,
  DeviceDescriptor,
  EndpointDescriptor,
  InterfaceDescriptor,
} from "component:usb/descriptors@0.2.1";
export type {
  DeviceHandle as WasiUsbHandle,
  DeviceLocation,
  UsbDevice as WasiUsbDevice,
} from "component:usb/device@0.2.1";
export type { LibusbError } from "component:usb/errors@0.2.1";
export type {
  Transfer as WasiUsbTransfer,
  TransferSetup,
  TransferType,
} from "component:usb/transfers@0.2.1";
export type {
  DigitalInOutPin as WasiGpioInOutPin,
  DigitalInPin as WasiGpioInPin,
  DigitalOutPin as WasiGpioOutPin,
} from "wasi:gpio/digital@0.2.0";
export type { GpioError } from "wasi:gpio/general@0.2.0";
export type { Delay as WasiDelayHandle } from "wasi:i2c/delay@0.2.0-draft";
export type {
  ErrorCode as I2cErrorCode,
  I2c as WasiI2cHandle,
  NoAcknowledgeSource,
  Operation as WasiI2cOperation,
} from "wasi:i2c/i2c@0.2.0-draft";
export type {
  Error as SpiError,
  Operation as WasiSpiOperation,
  OperationResult as WasiSpiResult,
  SpiDevice as WasiSpiDevice,
} from "wasi:spi/spi";
