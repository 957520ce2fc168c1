/** What a device model is made with. It knows no host, no simulator and no chip, and needs nothing but the language itself. */
export type { ModelClock, UsbModelClock } from "./clock.ts";
export type { GpioPart, WireLevel } from "./gpio/part.ts";
export { Timeline, type TimelineChange, timelineChanges } from "./gpio/timeline.ts";
export { hexByte, hexBytes } from "./hex.ts";
export { RegisterFile, type RegisterWrites } from "./i2c/register-file.ts";
export type { I2cDirection, I2cTarget } from "./i2c/target.ts";
export {
  defineGpioModel,
  defineModel,
  defineSpiModel,
  defineUartModel,
  defineUsbModel,
  type GpioModel,
  type I2cModel,
  type SpiModel,
  type UartModel,
  type UsbModel,
} from "./model.ts";
export { extremes, type MovingValue, movingValue, valueAt } from "./moving-value.ts";
export { numberWithin, wholeNumber } from "./numbers.ts";
export { parseParameters } from "./parameters.ts";
export { randomBytes } from "./random.ts";
export { RegistersOverSpi } from "./spi/registers-over-spi.ts";
export type { SpiClocking, SpiTarget } from "./spi/target.ts";
export { StrikeCounter, type Strikes, strikesOrdinal } from "./strikes.ts";
export type {
  I2cWires,
  ModelSurroundings,
  SimulatedBusOfModel,
  SimulatedPins,
  SimulatedSpiOfModel,
  SpiWires,
} from "./surroundings.ts";
export { type UartForm, type UartPart, usualUartForm } from "./uart/part.ts";
export { ByteFifo } from "./usb/byte-fifo.ts";
export { Change } from "./usb/change.ts";
export {
  bulkEndpoint,
  type ConfigurationDescriptorFields,
  DESCRIPTOR_BINARY_OBJECT_STORE,
  DESCRIPTOR_CONFIGURATION,
  DESCRIPTOR_DEVICE,
  DESCRIPTOR_ENDPOINT,
  DESCRIPTOR_INTERFACE,
  DESCRIPTOR_STRING,
  type DeviceDescriptorFields,
  type DeviceIdentity,
  deviceDescriptors,
  type EndpointDescriptorFields,
  encodeConfiguration,
  encodeDeviceDescriptor,
  encodeEndpointDescriptor,
  encodeInterfaceDescriptor,
  type InterfaceDescriptorFields,
  interruptEndpoint,
} from "./usb/descriptors.ts";
export {
  type IsochronousPacket,
  isUsbTransferError,
  noEndpoint,
  stall,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
  type UsbSpeed,
  UsbTransferError,
  type UsbTransferFailure,
} from "./usb/device.ts";
export { requestName, unanswered } from "./usb/requests.ts";
export { usbSerialNumber } from "./usb/serial-number.ts";
