import { AppDevice } from "../app-device.ts";
import type { Contact, ContactChanges, ContactInfo } from "./contact.ts";

/** What an app has of one: the resource of busbar:device/contact. */
export class ContactResource extends AppDevice<Contact> {
  async info(): Promise<ContactInfo> {
    return this.device.info;
  }

  isClosed(): Promise<boolean> {
    return this.device.isClosed();
  }

  nextChanges(timeoutMs: number): Promise<ContactChanges> {
    return this.device.nextChanges({ timeoutMs, signal: this.signal });
  }

  close(): Promise<void> {
    return this.closeQuietly();
  }
}
