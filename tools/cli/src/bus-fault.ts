import type { BusFaultKind, DeviceError } from "@busbar/host";

/** What a person can do about each kind of bus fault; the guest's message only says what it was doing. */
const advice: Readonly<Record<BusFaultKind, string>> = {
  bus: "the bus itself failed; check the wiring, and on I2C that SDA and SCL have pull-up resistors and that nothing holds them low",
  "arbitration-loss": "another controller won the bus; try again",
  "no-acknowledge-address": "nothing answers there; check the wiring, the power and the address",
  "no-acknowledge-data": "the device refused a byte; check that it is the part that this driver is for",
  "no-acknowledge": "a byte was not acknowledged; check the wiring, the power and the address",
  overrun: "the controller lost data; try again, or with a slower bus",
  other:
    "the bus gave no other reason; if the board file does not grant it, a line about the denial is before this one",
};

/** A device's error as one sentence that says what to do. */
export function describeDeviceError({ device, payload, message }: DeviceError): string {
  if (payload.tag !== "bus") return message;
  return `${device}: ${payload.val.message}: ${advice[payload.val.kind] ?? payload.val.kind}.`;
}
