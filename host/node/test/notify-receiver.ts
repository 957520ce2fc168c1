/** A Unix datagram socket that receives, as systemd's: Node has none. */

import { rmSync } from "node:fs";
import { loadKoffi } from "../src/linux/ioctl.ts";
import { socketAddress } from "../src/systemd/notify-system.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

/** What came to the socket. */
export interface NotifyReceiver extends Disposable {
  /** What came since the last call, a datagram each. */
  take(): string[];
}

/** @param address a path, or "@name" */
export function notifyReceiver(address: string): NotifyReceiver {
  const libc = loadKoffi().load(null);
  const socket = libc.func("int socket(int domain, int type, int protocol)");
  const bind = libc.func("int bind(int fd, const uint8_t *address, uint32_t addressLength)");
  const recv = libc.func("long recv(int fd, _Out_ uint8_t *buffer, size_t length, int flags)");
  const close = libc.func("int close(int fd)");
  const descriptor = socket(AF_UNIX, SOCK_DGRAM, 0) as number;
  const bytes = socketAddress(address);
  if (bind(descriptor, bytes, bytes.length) !== 0) throw new Error(`cannot bind ${address}`);
  return {
    take() {
      const found: string[] = [];
      for (;;) {
        const buffer = Buffer.alloc(4096);
        const length = Number(recv(descriptor, buffer, buffer.length, MSG_DONTWAIT));
        if (length < 0) return found;
        found.push(buffer.toString("utf8", 0, length));
      }
    },
    [Symbol.dispose]() {
      close(descriptor);
      if (!address.startsWith("@")) rmSync(address, { force: true });
    },
  };
}
