import { appInterface } from "../app-device.ts";
import type { DeviceModule } from "../module.ts";
import { ContactResource } from "./app.ts";
import { Contact } from "./contact.ts";

export type { Contact };

/** Contacts: what is closed or open as the world says. `board.contact(name)`. */
export const contact: DeviceModule<Contact, "contact"> = {
  kind: "contact",
  path: "busbar:device/contact",
  version: "0.1.0",
  open: async ({ name, clock, start }) => Contact.open(name, await start(), clock),
  app: appInterface(ContactResource),
  commands: (device, { signal }) => ({
    "is-closed": () => device.isClosed(),
    "next-changes": (timeoutMs: unknown = Number.POSITIVE_INFINITY) =>
      device.nextChanges({ timeoutMs: timeoutMs as number, signal }),
  }),
};
