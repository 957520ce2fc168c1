export {
  type ConfigurationDescriptorFields,
  type DeviceDescriptorFields,
  type EndpointDescriptorFields,
  encodeConfiguration,
  encodeDeviceDescriptor,
  encodeEndpointDescriptor,
  encodeInterfaceDescriptor,
  type InterfaceDescriptorFields,
  type IsochronousPacket,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
  type UsbSpeed,
  UsbTransferError,
  type UsbTransferFailure,
} from "@busbar/model";
export { AttachedDevice } from "./attached-device.ts";
export { MosChip7715, type ParallelPins } from "./moschip-7715.ts";
export { UsbIpProtocolError } from "./protocol.ts";
export { serveUsbIp, type UsbIpServer, type UsbIpServerOptions } from "./server.ts";
