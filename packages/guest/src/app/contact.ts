/** Contacts, for apps whose world imports them. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { type Device, open } from "busbar:device/contact@0.1.0";
import type { ContactChanges, ContactInfo } from "../wit.ts";
import { called } from "./called.ts";

/** A contact, whatever is behind it. All methods throw DriverError; after `disconnected`, open it again. */
export interface AppContact {
  /** Which part it is. */
  readonly info: ContactInfo;
  /** Whether it is closed now. */
  isClosed(): boolean;
  /** The changes that were not told yet; waits for one at most `timeoutMs` milliseconds. None when none came. */
  nextChanges(timeoutMs: number): ContactChanges;
  /** Gives it back. */
  close(): void;
}

/**
 * Opens the contact that the board wires to `name`.
 *
 * @throws DriverError: `access-denied` when the board does not let this app use it; others from its driver
 */
export function openContact(name: string): AppContact {
  const device: Device = called(() => open(name));
  return {
    info: device.info(),
    isClosed: () => called(() => device.isClosed()),
    nextChanges: (timeoutMs) => called(() => device.nextChanges(timeoutMs)),
    close: () => called(() => device.close()),
  };
}
