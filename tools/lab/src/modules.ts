/** Kernel modules, in groups by what they are for. A module that the kernel does not have is left out with a note. */

/** For the virtual machine itself: the root file system, and the ports to the host. */
export const VIRTUAL_MACHINE_MODULES = [
  "virtio_pci",
  "virtio_console",
  "9pnet_virtio",
  "9p",
  "overlay",
] as const;

/** I2C: device files, the adapters that USB/IP exports, and the kernel's own drivers for chips that we drive. */
export const I2C_MODULES = [
  "i2c-dev",
  "vhci-hcd",
  "i2c-tiny-usb",
  "hid-cp2112",
  "hid-mcp2221",
  "bmp280-i2c",
  "sht3x",
  "tmp102",
] as const;

/** USB: gadgets that the kernel itself is, QEMU's controller, and the kernel's drivers for what we simulate. */
export const USB_MODULES = [
  "xhci-pci",
  "dummy_hcd",
  "libcomposite",
  "usb_f_hid",
  "usb_f_acm",
  "usb_f_mass_storage",
  "usb_f_ss_lb",
  "usbmon",
  "usbhid",
  "hid-generic",
  "evdev",
  "cdc-acm",
  "usb-storage",
  "sd_mod",
  "uvcvideo",
  "xpad",
] as const;
