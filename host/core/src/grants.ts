/** What is granted and what is denied: the verdicts, for tools that judge as the host does. */

export { appOffers } from "./app/offers.ts";
export { type GpioCall, type GpioDenial, type GpioVerdict, judgeGpio } from "./bus/gpio/judge.ts";
export type { GpioUseMade } from "./bus/gpio/use.ts";
export { addressesOf } from "./bus/i2c/addresses.ts";
export { type I2cCall, type I2cDenial, type I2cVerdict, judgeI2c } from "./bus/i2c/judge.ts";
export type { I2cUseMade } from "./bus/i2c/use.ts";
export { judgeSpi, type SpiDenial, type SpiVerdict } from "./bus/spi/judge.ts";
export type { SpiUseMade } from "./bus/spi/use.ts";
export { judgeUart, type UartCall, type UartDenial, type UartVerdict } from "./bus/uart/judge.ts";
export type { UartUseMade } from "./bus/uart/use.ts";
export { fittingInterfaces, parseUsbFits, type UsbFit, usbFitsSchema } from "./bus/usb/fits.ts";
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
export type { UsbUseMade } from "./bus/usb/use.ts";
export { type FolderCall, type FolderDenial, type FolderVerdict, judgeFolder } from "./grants/folder.ts";
export { leastEntry } from "./grants/least.ts";
export { type DeviceUse, mergeUse } from "./grants/use.ts";
export { parseUses } from "./grants/use-record.ts";
export { isCallable, type Link, link } from "./link/link.ts";
export { offers } from "./link/offers.ts";
