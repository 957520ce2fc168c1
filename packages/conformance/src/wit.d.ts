/** What wit/conformance.wit imports, and the guest library has no types of. */
declare module "component:usb/usb-hotplug@0.2.1" {
  import type { UsbDevice } from "component:usb/device@0.2.1";

  export interface Event {
    readonly arrived?: boolean;
    readonly left?: boolean;
  }

  export interface Info {
    readonly bus: number;
    readonly address: number;
    readonly vendor: number;
    readonly product: number;
  }

  export function enableHotplug(): void;
  export function pollEvents(): [Event, Info, UsbDevice][];
}
