/** Simulated I2C and USB in process: the buses, faults, device models, and the backend that a board's `simulate` list makes. */
export { SimulatedI2cBus } from "./i2c/bus.ts";
export {
  I2C_ERROR_FAULTS,
  I2C_FAULT_KINDS,
  type I2cFault,
  type I2cFaultKind,
  i2cFaultSchema,
} from "./i2c/faults.ts";
export type { SimulatedI2cHandle } from "./i2c/handle.ts";
export { RegisterFile, type RegisterWrites } from "./i2c/register-file.ts";
export type { I2cDirection, I2cTarget } from "./i2c/target.ts";
export type { SimulatedTransfer } from "./i2c/transfer.ts";
export { Bme280, type Bme280Options } from "./models/bme280/bme280.ts";
export {
  type Bme280Calibration,
  type Bme280CalibrationRegisters,
  CALIBRATION_RANGES,
  DEFAULT_CALIBRATION,
  decodeCalibration,
  encodeCalibration,
} from "./models/bme280/calibration.ts";
export {
  type Bme280Reading,
  compensate,
  type RawSample,
  rawFromPhysical,
} from "./models/bme280/compensation.ts";
export type { Bme280Chip, MeasurementTime } from "./models/bme280/registers.ts";
export { type Bme280Source, type OutputBits, physicalSource, rawSource } from "./models/bme280/source.ts";
export { Hd44780, type Hd44780Options, type Hd44780Signal } from "./models/hd44780/hd44780.ts";
export { Ht16k33, type Ht16k33State } from "./models/ht16k33/ht16k33.ts";
export {
  decodeCalibration as decodeHts221Calibration,
  encodeCalibration as encodeHts221Calibration,
  type Hts221Calibration,
  type Hts221Raw,
} from "./models/hts221/calibration.ts";
export { Hts221, type Hts221Options } from "./models/hts221/hts221.ts";
export { defineModel, type I2cModel } from "./models/model.ts";
export { type MovingValue, movingValue, valueAt } from "./models/moving-value.ts";
export { Registers, type RegistersOptions } from "./models/registers.ts";
export { Sht3x, type Sht3xOptions, type Sht3xRaw } from "./models/sht3x/sht3x.ts";
export { checksum as sht3xChecksum } from "./models/sht3x/words.ts";
export { Tmp102, type Tmp102Options } from "./models/tmp102/tmp102.ts";
export { randomBytes } from "./random.ts";
export { type Simulation, simulate, simulatedBuses, simulatedUsb } from "./simulate.ts";
export { type PlugOptions, SimulatedUsb } from "./usb/bus.ts";
export { requestName, type UsbFault, type UsbFaultKind, usbFaultSchema } from "./usb/faults.ts";
export { UsbCamera, type UsbCameraOptions } from "./usb/models/camera/camera.ts";
export { pictureNumber } from "./usb/models/camera/picture.ts";
export { CdcAcmEcho, type CdcAcmEchoOptions } from "./usb/models/cdc-acm.ts";
export { Change } from "./usb/models/change.ts";
export { DescribedPort, type DescribedPortOptions } from "./usb/models/described-port.ts";
export { Disk, type DiskOptions } from "./usb/models/disk/disk.ts";
export { type DiskFault, type DiskFaultKind, MOMENTARY_DISK_FAULTS } from "./usb/models/disk/faults.ts";
export { FileMedium } from "./usb/models/disk/file-medium.ts";
export { type Medium, MemoryMedium } from "./usb/models/disk/medium.ts";
export type { DiskUnit, DiskUnitOptions, SenseTriple } from "./usb/models/disk/unit.ts";
export { UsbEcho, type UsbEchoOptions } from "./usb/models/echo.ts";
export { type GamepadControls, HidGamepad, type HidGamepadOptions } from "./usb/models/hid/gamepad.ts";
export type { HidDevice, HidDeviceOptions } from "./usb/models/hid/hid-device.ts";
export { HidKeyboard, type HidKeyboardOptions } from "./usb/models/hid/keyboard.ts";
export { HidMouse, type HidMouseOptions, type MouseMovement } from "./usb/models/hid/mouse.ts";
export { RecordedHid, type RecordedHidOptions } from "./usb/models/hid/recorded-hid.ts";
export { Loopback, type LoopbackOptions } from "./usb/models/loopback.ts";
export { defineUsbModel, type UsbModel } from "./usb/models/model.ts";
export { type Oddity, unanswered, withOddity } from "./usb/oddity.ts";
export { VirtualClock } from "./virtual-clock.ts";
