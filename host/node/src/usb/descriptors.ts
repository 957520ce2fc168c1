import {
  splitDescriptors,
  type UsbConfigurationDescriptor,
  type UsbDeviceDescriptor,
} from "@busbar/host/backend";
import type { NativeConfiguration, NativeDeviceDescriptor } from "./module.ts";

/** A device descriptor in the host's shape. */
export function deviceDescriptor(native: NativeDeviceDescriptor): UsbDeviceDescriptor {
  return {
    length: native.bLength,
    descriptorType: native.bDescriptorType,
    usbVersionBcd: native.bcdUSB,
    deviceClass: native.bDeviceClass,
    deviceSubclass: native.bDeviceSubClass,
    deviceProtocol: native.bDeviceProtocol,
    maxPacketSize0: native.bMaxPacketSize0,
    vendorId: native.idVendor,
    productId: native.idProduct,
    deviceVersionBcd: native.bcdDevice,
    manufacturerIndex: native.iManufacturer,
    productIndex: native.iProduct,
    serialNumberIndex: native.iSerialNumber,
    numConfigurations: native.bNumConfigurations,
  };
}

/** A configuration descriptor in the host's shape: all alternate settings in one list. */
export function configurationDescriptor(native: NativeConfiguration): UsbConfigurationDescriptor {
  return {
    length: native.bLength,
    descriptorType: native.bDescriptorType,
    totalLength: native.wTotalLength,
    configurationValue: native.bConfigurationValue,
    configurationIndex: native.iConfiguration,
    attributes: native.bmAttributes,
    maxPower: native.bMaxPower,
    interfaces: native.interfaces.flat().map((setting) => ({
      length: setting.bLength,
      descriptorType: setting.bDescriptorType,
      interfaceNumber: setting.bInterfaceNumber,
      alternateSetting: setting.bAlternateSetting,
      interfaceClass: setting.bInterfaceClass,
      interfaceSubclass: setting.bInterfaceSubClass,
      interfaceProtocol: setting.bInterfaceProtocol,
      interfaceIndex: setting.iInterface,
      endpoints: setting.endpoints.map((endpoint) => ({
        length: endpoint.bLength,
        descriptorType: endpoint.bDescriptorType,
        endpointAddress: endpoint.bEndpointAddress,
        attributes: endpoint.bmAttributes,
        maxPacketSize: endpoint.wMaxPacketSize,
        interval: endpoint.bInterval,
        refresh: endpoint.bRefresh,
        synchAddress: endpoint.bSynchAddress,
      })),
      extra: [setting, ...setting.endpoints].flatMap(({ extra }) => [...splitDescriptors(extra)]),
    })),
  };
}
