import { endianness } from "node:os";
import { loadKoffi } from "../linux/ioctl.ts";

/** What telling a service manager takes from the system; a test gives its own. */
export interface NotifySystem {
  /**
   * Sends one datagram to a Unix socket, without waiting.
   *
   * @param address a path, or "@name" of the abstract namespace
   * @throws Error whose `code` is an errno: EAGAIN where the receiver has no room now
   */
  send(address: string, text: string): void;
}

/** sys/socket.h, as every architecture that Node's own builds are for has them. */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** `sun_path` of `struct sockaddr_un`, linux/un.h. */
export const longestSocketPath = 108;

/** `struct sockaddr_un`, and as much of it as says the address: unix(7). */
export function socketAddress(address: string): Uint8Array {
  // An abstract name has no zero at its end; its first byte is one, in place of the "@".
  const isAbstract = address.startsWith("@");
  const path = Buffer.from(isAbstract ? `\0${address.slice(1)}` : `${address}\0`, "utf8");
  if (path.length > longestSocketPath) throw new RangeError("the address of the socket is too long");
  const family = new Uint8Array(2);
  new DataView(family.buffer).setUint16(0, AF_UNIX, endianness() === "LE");
  return Buffer.concat([family, path]);
}

/**
 * The running system's calls. Node has no Unix datagram sockets of its own.
 *
 * @throws RemediedError where koffi cannot be loaded
 */
export function thisNotifySystem(): NotifySystem {
  const koffi = loadKoffi();
  const libc = koffi.load(null);
  const socket = libc.func("int socket(int domain, int type, int protocol)");
  const close = libc.func("int close(int fd)");
  const sendto = libc.func(
    "long sendto(int fd, const uint8_t *buffer, size_t length, int flags, const uint8_t *address, uint32_t addressLength)",
  );
  let descriptor = -1;
  const fail = (call: string): never => {
    const errno = koffi.errno();
    const [code = `errno ${errno}`] =
      Object.entries(koffi.os.errno).find(([, value]) => value === errno) ?? [];
    throw Object.assign(new Error(`${call}: ${code}`), { code });
  };
  return {
    send(to, text) {
      const address = socketAddress(to);
      if (descriptor < 0) {
        descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) as number;
        if (descriptor < 0) fail("socket");
      }
      const bytes = Buffer.from(text, "utf8");
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      const sent = sendto(descriptor, bytes, bytes.length, flags, address, address.length) as number | bigint;
      if (Number(sent) >= 0) return;
      try {
        fail("sendto");
      } finally {
        close(descriptor);
        descriptor = -1;
      }
    },
  };
}
