/** Simulated I2C, SPI, GPIO, serial lines and USB in process: the buses, faults, and the backend that a board's `simulate` list makes of models. */
export * from "@busbar/model";
export { SimulatedGpioChip } from "./gpio/chip.ts";
export { SimulatedGpioChips } from "./gpio/chips.ts";
export { GPIO_FAULT_KINDS, type GpioFault, gpioFaultSchema } from "./gpio/faults.ts";
export { PinsOfModel } from "./gpio/pins-of-model.ts";
export { SimulatedI2cBus } from "./i2c/bus.ts";
export {
  I2C_ERROR_FAULTS,
  I2C_FAULT_KINDS,
  type I2cFault,
  type I2cFaultKind,
  i2cFaultSchema,
} from "./i2c/faults.ts";
export type { SimulatedI2cHandle } from "./i2c/handle.ts";
export type { SimulatedTransfer } from "./i2c/transfer.ts";
export { i2cWithPins } from "./i2c/with-pins.ts";
export { Registers, type RegistersOptions } from "./models/registers.ts";
export {
  type SimulatedGpio,
  type Simulation,
  simulate,
  simulatedBuses,
  simulatedGpio,
  simulatedSpi,
  simulatedUart,
  simulatedUsb,
} from "./simulate.ts";
export { SimulatedSpiBus } from "./spi/bus.ts";
export {
  SPI_ERROR_FAULTS,
  SPI_FAULT_KINDS,
  type SpiFault,
  type SpiFaultKind,
  spiFaultSchema,
} from "./spi/faults.ts";
export type { SimulatedSpiHandle } from "./spi/handle.ts";
export { SpiLoopback } from "./spi/loopback.ts";
export { spiWithPins } from "./spi/with-pins.ts";
export {
  UART_ERROR_FAULTS,
  UART_FAULT_KINDS,
  type UartFault,
  type UartFaultKind,
  uartFaultSchema,
} from "./uart/faults.ts";
export { UartLoopback } from "./uart/loopback.ts";
export { SimulatedUart } from "./uart/port.ts";
export { type PlugOptions, SimulatedUsb } from "./usb/bus.ts";
export { DescribedPort, type DescribedPortOptions } from "./usb/described-port.ts";
export { type UsbFault, type UsbFaultKind, usbFaultSchema } from "./usb/faults.ts";
export { Loopback, type LoopbackOptions } from "./usb/loopback.ts";
export { type Oddity, withOddity } from "./usb/oddity.ts";
export { RecordedHid, type RecordedHidOptions } from "./usb/recorded-hid.ts";
export { VirtualClock } from "./virtual-clock.ts";
