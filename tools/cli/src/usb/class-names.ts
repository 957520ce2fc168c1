/**
 * Names of USB classes: usb.org, "Defined Class Codes", and for subclasses and protocols the class specifications. The most
 * specific key that a device has counts: class, class/subclass or class/subclass/protocol, in hexadecimal.
 */
const names: Readonly<Record<string, string>> = {
  "00": "each interface has its own class",
  "01": "audio",
  "01/01": "audio control",
  "01/02": "audio streaming",
  "01/03": "MIDI",
  "02": "communications (CDC)",
  "02/02": "CDC, abstract control model",
  "02/06": "CDC, Ethernet",
  "02/0b": "CDC, Ethernet emulation",
  "02/0d": "CDC, network control model",
  "02/0e": "CDC, mobile broadband",
  "03": "HID",
  "03/01/01": "HID, boot keyboard",
  "03/01/02": "HID, boot mouse",
  "05": "physical",
  "06": "still image",
  "07": "printer",
  "08": "mass storage",
  "08/06/50": "mass storage, SCSI, bulk-only",
  "08/06/62": "mass storage, SCSI, UAS",
  "09": "hub",
  "0a": "CDC data",
  "0b": "smart-card reader",
  "0d": "content security",
  "0e": "video",
  "0e/01": "video control",
  "0e/02": "video streaming",
  "0f": "personal healthcare",
  "10": "audio and video",
  "11": "billboard",
  "12": "USB-C bridge",
  "13": "bulk display",
  "14": "MCTP",
  "3c": "I3C",
  dc: "diagnostic",
  e0: "wireless controller",
  "e0/01/01": "Bluetooth",
  "e0/01/03": "RNDIS",
  ef: "miscellaneous",
  "ef/02/01": "groups of interfaces",
  fe: "application",
  "fe/01": "firmware update (DFU)",
  "fe/02": "infrared",
  "fe/03": "test and measurement (USBTMC)",
  ff: "the vendor's own",
};

/** What a class is called, as far as it is known: "HID, boot keyboard"; for an unknown one "class 0x42". */
export function className(code: number, subclass: number, protocol: number): string {
  const keys = [code, subclass, protocol].map((byte) => byte.toString(16).padStart(2, "0"));
  for (const length of [3, 2, 1]) {
    const name = names[keys.slice(0, length).join("/")];
    if (name !== undefined) return name;
  }
  return `class 0x${keys[0]}`;
}
