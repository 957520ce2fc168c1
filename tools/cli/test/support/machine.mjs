/**
 * Loaded before the command (node --import): lets it see another machine's /dev, /sys and /run/udev than this one's. TEST_MACHINE
 * is JSON: `folders` (names in them), `files` (their text, "" for a device file) and `refused` (paths whose opening
 * fails with EACCES); and `usb`, the devices that libusb knows as support/usb.ts makes them (there is /dev/bus/usb then), null where
 * the npm package is not installed. Everything else is the real file system; the command itself knows nothing of this.
 */
import fs from "node:fs";
import Module, { syncBuiltinESMExports } from "node:module";

const machine = {
  folders: {},
  files: {},
  refused: [],
  usb: [],
  ...JSON.parse(process.env.TEST_MACHINE ?? "{}"),
};
if (machine.usb?.length > 0) machine.files["/dev/bus/usb"] ??= "";
// What says that this is a container is of the machine too: the remedies are others there.
const other = /^\/((dev|sys|run\/udev)\/|(run\/)?\.(docker|container)env$)/;

function fail(code, errno, path) {
  throw Object.assign(new Error(`${code}: ${path}`), { code, errno, path });
}

/** Answers for paths of the other machine, and leaves the rest to the real function. */
function replace(name, answer) {
  const real = fs[name];
  fs[name] = (path, ...rest) =>
    other.test(String(path)) ? answer(String(path), ...rest) : real(path, ...rest);
}

function find(path) {
  if (machine.refused.includes(path)) fail("EACCES", -13, path);
  const found = machine.folders[path] ?? machine.files[path];
  return found ?? fail("ENOENT", -2, path);
}

replace("readdirSync", (path) => machine.folders[path] ?? fail("ENOENT", -2, path));
// Text files are read as text; what is read as bytes is written with a character a byte.
replace("readFileSync", (path, encoding) => (encoding ? find(path) : Buffer.from(find(path), "latin1")));
replace("readlinkSync", (path) => find(path));
replace("accessSync", (path) => find(path));
replace("openSync", (path) => {
  find(path);
  return fail("ENXIO", -6, path);
});
replace("statSync", (path) => {
  if (!machine.refused.includes(path)) find(path);
  return { mode: 0o20600, gid: 0 };
});
syncBuiltinESMExports();

/** A device of the npm package usb: its descriptors are JSON, with bytes as lists of numbers. */
function nativeDevice({ errno, configuration, ...device }) {
  const read = () => {
    if (errno !== undefined) throw Object.assign(new Error("LIBUSB_ERROR"), { errno });
    return JSON.parse(JSON.stringify(configuration), (key, value) =>
      key === "extra" ? Uint8Array.from(value) : value,
    );
  };
  return { ...device, __getConfigDescriptor: read, __getAllConfigDescriptors: () => [read()] };
}

const load = Module._load;
Module._load = (request, ...rest) => {
  if (request !== "usb") return load(request, ...rest);
  if (machine.usb === null) {
    throw Object.assign(new Error("Cannot find module 'usb'"), { code: "MODULE_NOT_FOUND" });
  }
  return { usb: { INIT_ERROR: 0, getDeviceList: () => machine.usb.map(nativeDevice) } };
};
