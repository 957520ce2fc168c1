/**
 * The wire definitions of USB/IP 1.1.1: Documentation/usb/usbip_protocol.rst of the Linux kernel, with its field names.
 * Everything is big-endian except the eight setup bytes, which are as USB has them. Pure: bytes in, records out.
 */

/** `USBIP version`: 1.1.1. */
export const USBIP_VERSION = 0x0111;

/** Command codes of the operations before a device is imported. */
export const OP_REQ_DEVLIST = 0x8005;
export const OP_REP_DEVLIST = 0x0005;
export const OP_REQ_IMPORT = 0x8003;
export const OP_REP_IMPORT = 0x0003;

/** Bytes of the header that every operation starts with. */
export const OP_COMMON_LENGTH = 8;
/** Bytes of OP_REQ_IMPORT behind the common header: the bus id. */
export const OP_REQ_IMPORT_LENGTH = 32;

/** Status of OP_REP_IMPORT: ST_OK, ST_DEV_BUSY, ST_NODEV of tools/usb/usbip/libsrc/usbip_common.h. */
export const ST_OK = 0;
export const ST_DEV_BUSY = 2;
export const ST_NODEV = 4;

/** `command` of the messages about an imported device. */
export const USBIP_CMD_SUBMIT = 1;
export const USBIP_CMD_UNLINK = 2;
export const USBIP_RET_SUBMIT = 3;
export const USBIP_RET_UNLINK = 4;

/** Bytes of `usbip_header`: the same for all four. */
export const USBIP_HEADER_LENGTH = 48;
/** Bytes of one `iso_packet_descriptor`. */
export const ISO_PACKET_DESCRIPTOR_LENGTH = 16;

/** `transfer_flags`: a read that returns less than was asked for is an error. */
export const URB_SHORT_NOT_OK = 0x0001;

const SYSFS_PATH_LENGTH = 256;
const BUS_ID_LENGTH = 32;
const USB_DEVICE_LENGTH = SYSFS_PATH_LENGTH + BUS_ID_LENGTH + 24;
const USB_INTERFACE_LENGTH = 4;

/** An exported device as OP_REP_DEVLIST and OP_REP_IMPORT describe it. */
export interface ExportedDevice {
  /** Path of the device on the exporting machine; at most 255 bytes of ASCII. */
  readonly path: string;
  /** The id to import it by, such as "1-1"; at most 31 bytes of ASCII. */
  readonly busid: string;
  readonly busnum: number;
  readonly devnum: number;
  /** `enum usb_device_speed`: 1 low, 2 full, 3 high, 5 super. */
  readonly speed: number;
  readonly idVendor: number;
  readonly idProduct: number;
  readonly bcdDevice: number;
  readonly bDeviceClass: number;
  readonly bDeviceSubClass: number;
  readonly bDeviceProtocol: number;
  readonly bConfigurationValue: number;
  readonly bNumConfigurations: number;
  /** One for each interface; OP_REP_IMPORT tells only how many there are. */
  readonly interfaces: readonly {
    readonly bInterfaceClass: number;
    readonly bInterfaceSubClass: number;
    readonly bInterfaceProtocol: number;
  }[];
}

/** The eight bytes in front of every operation. */
export interface OperationHeader {
  readonly version: number;
  readonly code: number;
  readonly status: number;
}

/** USBIP_CMD_SUBMIT without its payload. */
export interface SubmitHeader {
  readonly command: typeof USBIP_CMD_SUBMIT;
  readonly seqnum: number;
  readonly devid: number;
  /** USBIP_DIR_OUT or USBIP_DIR_IN. */
  readonly direction: "out" | "in";
  /** Endpoint number, 0 to 15. */
  readonly ep: number;
  readonly transferFlags: number;
  readonly transferBufferLength: number;
  readonly startFrame: number;
  /** 0xFFFFFFFF, or 0 from a Linux client, where the transfer is not isochronous. */
  readonly numberOfPackets: number;
  readonly interval: number;
  /** Eight bytes; zeros where the endpoint is not 0. */
  readonly setup: Uint8Array;
}

/** USBIP_CMD_UNLINK. */
export interface UnlinkHeader {
  readonly command: typeof USBIP_CMD_UNLINK;
  readonly seqnum: number;
  /** The `seqnum` of the submit to take back. */
  readonly unlinkSeqnum: number;
}

/** One `iso_packet_descriptor` of a submit: where the packet lies in the transfer buffer. */
export interface IsoPacketRequest {
  readonly offset: number;
  readonly length: number;
}

/** One `iso_packet_descriptor` of a reply. */
export interface IsoPacketReply extends IsoPacketRequest {
  readonly actualLength: number;
  /** 0, or a negative errno. */
  readonly status: number;
}

/** What a server answers to USBIP_CMD_SUBMIT. */
export interface SubmitReply {
  readonly seqnum: number;
  /** 0, or a negative errno. */
  readonly status: number;
  readonly actualLength: number;
  /** As it was in the submit. */
  readonly numberOfPackets: number;
  /** The bytes read; empty where the direction is out. Of an isochronous transfer, those of its packets without gaps. */
  readonly data: Uint8Array;
  /** Of an isochronous transfer, as many as were in the submit. */
  readonly packets?: readonly IsoPacketReply[];
}

/** A peer that does not speak USB/IP 1.1.1, or claims more than this server bears. The connection is over. */
export class UsbIpProtocolError extends Error {
  override readonly name = "UsbIpProtocolError";
}

/** Reads `op_common`; `bytes` holds at least {@link OP_COMMON_LENGTH}. */
export function decodeOperationHeader(bytes: Uint8Array): OperationHeader {
  const view = viewOf(bytes);
  return {
    version: view.getUint16(0x00),
    code: view.getUint16(0x02),
    status: view.getUint32(0x04),
  };
}

/** Reads the bus id of OP_REQ_IMPORT: the bytes up to the first zero, at most 31. */
export function decodeBusId(bytes: Uint8Array): string {
  const field = bytes.subarray(0, BUS_ID_LENGTH);
  const end = field.indexOf(0);
  if (end < 0) throw new UsbIpProtocolError("The bus id of OP_REQ_IMPORT is not closed with a zero byte.");
  return String.fromCharCode(...field.subarray(0, end));
}

/**
 * Reads `usbip_header`; `bytes` holds at least {@link USBIP_HEADER_LENGTH}.
 *
 * @throws UsbIpProtocolError for anything but a well-formed USBIP_CMD_SUBMIT or USBIP_CMD_UNLINK
 */
export function decodeCommand(bytes: Uint8Array): SubmitHeader | UnlinkHeader {
  const view = viewOf(bytes);
  const command = view.getUint32(0x00);
  const seqnum = view.getUint32(0x04);
  if (command === USBIP_CMD_UNLINK) return { command, seqnum, unlinkSeqnum: view.getUint32(0x14) };
  if (command !== USBIP_CMD_SUBMIT) throw new UsbIpProtocolError(`There is no USB/IP command ${command}.`);

  const direction = view.getUint32(0x0c);
  const ep = view.getUint32(0x10);
  if (direction > 1) throw new UsbIpProtocolError(`There is no USB/IP direction ${direction}.`);
  if (ep > 15) throw new UsbIpProtocolError(`There is no endpoint number ${ep}.`);
  return {
    command,
    seqnum,
    devid: view.getUint32(0x08),
    direction: direction === 1 ? "in" : "out",
    ep,
    transferFlags: view.getUint32(0x14),
    transferBufferLength: view.getUint32(0x18),
    startFrame: view.getUint32(0x1c),
    numberOfPackets: view.getUint32(0x20),
    interval: view.getUint32(0x24),
    setup: bytes.slice(0x28, 0x30),
  };
}

/** OP_REP_DEVLIST for these devices. */
export function encodeDeviceList(devices: readonly ExportedDevice[]): Uint8Array {
  const interfaces = devices.reduce((count, device) => count + device.interfaces.length, 0);
  const bytes = new Uint8Array(
    OP_COMMON_LENGTH + 4 + devices.length * USB_DEVICE_LENGTH + interfaces * USB_INTERFACE_LENGTH,
  );
  const view = viewOf(bytes);
  view.setUint16(0x00, USBIP_VERSION);
  view.setUint16(0x02, OP_REP_DEVLIST);
  view.setUint32(0x04, ST_OK);
  view.setUint32(0x08, devices.length); // number of exported devices
  let offset = 0x0c;
  for (const device of devices) {
    bytes.set(encodeDevice(device), offset);
    offset += USB_DEVICE_LENGTH;
    for (const entry of device.interfaces) {
      view.setUint8(offset, entry.bInterfaceClass);
      view.setUint8(offset + 1, entry.bInterfaceSubClass);
      view.setUint8(offset + 2, entry.bInterfaceProtocol);
      offset += USB_INTERFACE_LENGTH; // the fourth byte is padding
    }
  }
  return bytes;
}

/** OP_REP_IMPORT: the device, or the status that says why not. */
export function encodeImportReply(result: ExportedDevice | typeof ST_DEV_BUSY | typeof ST_NODEV): Uint8Array {
  const imported = typeof result === "object";
  const bytes = new Uint8Array(OP_COMMON_LENGTH + (imported ? USB_DEVICE_LENGTH : 0));
  const view = viewOf(bytes);
  view.setUint16(0x00, USBIP_VERSION);
  view.setUint16(0x02, OP_REP_IMPORT);
  view.setUint32(0x04, imported ? ST_OK : result);
  if (imported) bytes.set(encodeDevice(result), OP_COMMON_LENGTH);
  return bytes;
}

/** The descriptors of an isochronous transfer's packets; `bytes` holds whole ones. */
export function decodeIsoPackets(bytes: Uint8Array): IsoPacketRequest[] {
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length / ISO_PACKET_DESCRIPTOR_LENGTH }, (_, index) => {
    const at = index * ISO_PACKET_DESCRIPTOR_LENGTH;
    return { offset: view.getUint32(at), length: view.getUint32(at + 4) };
  });
}

/** USBIP_RET_SUBMIT: what was read, then the descriptors of the packets where there are any. */
export function encodeSubmitReply(reply: SubmitReply): Uint8Array {
  const { packets = [] } = reply;
  const packetsAt = USBIP_HEADER_LENGTH + reply.data.length;
  const bytes = new Uint8Array(packetsAt + packets.length * ISO_PACKET_DESCRIPTOR_LENGTH);
  const view = viewOf(bytes);
  view.setUint32(0x00, USBIP_RET_SUBMIT);
  view.setUint32(0x04, reply.seqnum);
  // devid, direction and ep are 0 in what a server sends.
  view.setInt32(0x14, reply.status);
  view.setUint32(0x18, reply.actualLength);
  view.setUint32(0x1c, 0); // start_frame
  view.setUint32(0x20, reply.numberOfPackets);
  view.setUint32(0x24, packets.filter(({ status }) => status !== 0).length); // error_count
  bytes.set(reply.data, USBIP_HEADER_LENGTH);
  for (const [index, packet] of packets.entries()) {
    const at = packetsAt + index * ISO_PACKET_DESCRIPTOR_LENGTH;
    view.setUint32(at, packet.offset);
    view.setUint32(at + 4, packet.length);
    view.setUint32(at + 8, packet.actualLength);
    view.setInt32(at + 12, packet.status);
  }
  return bytes;
}

/** USBIP_RET_UNLINK: status -ECONNRESET where the submit was taken back, 0 where it was answered already. */
export function encodeUnlinkReply(seqnum: number, status: number): Uint8Array {
  const bytes = new Uint8Array(USBIP_HEADER_LENGTH);
  const view = viewOf(bytes);
  view.setUint32(0x00, USBIP_RET_UNLINK);
  view.setUint32(0x04, seqnum);
  view.setInt32(0x14, status);
  return bytes;
}

function encodeDevice(device: ExportedDevice): Uint8Array {
  const bytes = new Uint8Array(USB_DEVICE_LENGTH);
  const view = viewOf(bytes);
  bytes.set(encodeText(device.path, SYSFS_PATH_LENGTH), 0x000);
  bytes.set(encodeText(device.busid, BUS_ID_LENGTH), 0x100);
  view.setUint32(0x120, device.busnum);
  view.setUint32(0x124, device.devnum);
  view.setUint32(0x128, device.speed);
  view.setUint16(0x12c, device.idVendor);
  view.setUint16(0x12e, device.idProduct);
  view.setUint16(0x130, device.bcdDevice);
  view.setUint8(0x132, device.bDeviceClass);
  view.setUint8(0x133, device.bDeviceSubClass);
  view.setUint8(0x134, device.bDeviceProtocol);
  view.setUint8(0x135, device.bConfigurationValue);
  view.setUint8(0x136, device.bNumConfigurations);
  view.setUint8(0x137, device.interfaces.length);
  return bytes;
}

/** At most `length - 1` bytes, so that a zero byte always closes the string. */
function encodeText(text: string, length: number): Uint8Array {
  return new TextEncoder().encode(text).subarray(0, length - 1);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
