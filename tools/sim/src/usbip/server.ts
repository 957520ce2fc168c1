import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { UsbDevice } from "@busbar/model";
import { UsbIpConnection } from "./connection.ts";
import { DeviceExport } from "./exported-device.ts";

/** More clients than devices are never useful for long; the rest is turned away. */
const MAXIMUM_CONNECTIONS = 64;

/** What to serve, and where. */
export interface UsbIpServerOptions {
  /** Exported as bus ids "1-1", "1-2", ... in this order. */
  readonly devices: readonly UsbDevice[];
  /** The TCP port to listen at; 0, the default, takes a free one. The protocol's own port is 3240. */
  readonly port?: number;
  /** The address to listen at. Anybody who reaches it can use the devices. Default: 127.0.0.1. */
  readonly address?: string;
  /**
   * Told about clients that do not speak USB/IP and about device models that throw what is no UsbTransferError. The
   * server goes on in either case.
   */
  readonly onError?: (error: unknown) => void;
}

/** A running USB/IP server. */
export interface UsbIpServer extends AsyncDisposable {
  /** The TCP port that it listens at. */
  readonly port: number;
  /** The bus ids of its devices, in the order in which they were given. */
  readonly busIds: readonly string[];

  /**
   * Ends the connection of the client that has imported this device: to its kernel the device is unplugged. The device
   * can be imported again. Nothing happens where nobody has it.
   *
   * @throws RangeError for a bus id that is not exported
   */
  unplug(busId: string): void;

  /** Unplugs everything and stops listening. Closing twice is legal. */
  close(): Promise<void>;
}

/**
 * Exports simulated USB devices to the Linux kernel (`usbip attach`), this one or another, over TCP.
 *
 * @throws Error with the code of the operating system, such as EADDRINUSE, when it cannot listen
 */
export async function serveUsbIp(options: UsbIpServerOptions): Promise<UsbIpServer> {
  const exports = options.devices.map((device, index) => new DeviceExport(device, index + 1));
  const failed = options.onError ?? (() => {});
  const sockets = new Set<Socket>();

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    new UsbIpConnection(socket, exports, failed);
  });
  server.maxConnections = MAXIMUM_CONNECTIONS;
  server.listen(options.port ?? 0, options.address ?? "127.0.0.1");
  await once(server, "listening");

  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port: (server.address() as AddressInfo).port,
    busIds: exports.map((entry) => entry.description.busid),
    unplug: (busId) => {
      const entry = exports.find((candidate) => candidate.description.busid === busId);
      if (entry === undefined) throw new RangeError(`No device is exported as ${busId}.`);
      entry.release?.();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
