import { FakeUsb, FakeUsbDevice, type GuestHandle, noSetup, on } from "../usb-fakes.ts";
import type { BusFixture } from "./bus-fixture.ts";

export const fixture: BusFixture = {
  parts: [
    { vendorId: "0x1209", interfaces: [0] },
    { vendorId: "0x1209", interfaces: [0] },
  ],
  backend() {
    const usb = new FakeUsb();
    usb.plug(new FakeUsbDevice());
    return usb;
  },
  async resources(interfaceOf) {
    const listed = interfaceOf("component:usb/device").listDevices!() as [{ open(): GuestHandle }][];
    const [device] = listed[0]!;
    const handle = device.open();
    handle.claimInterface(0);
    const transfer = handle.newTransfer("bulk", noSetup, 8, on(0x81));
    return { UsbDevice: device, DeviceHandle: handle, Transfer: transfer };
  },
  handing: { awaitTransfer: "Transfer" },
};
