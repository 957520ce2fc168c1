// WIT packages in the component model's binary form. Hosts read off it the types of everything that they offer, so that the
// WIT files stay the only place where an interface is written.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const wit = dirname(createRequire(import.meta.url).resolve("@busbar/wit/package.json"));

/** @returns {Promise<Uint8Array>} the world busbar:host/interfaces: a component with its imports, and without code */
export function encodeHostInterfaces() {
  return staged(async (folder) => {
    await cp(join(wit, "host"), folder, { recursive: true });
    const others = await readdir(join(wit, "deps"));
    for (const name of ["board", "device", ...others.map((each) => join("deps", each))]) {
      await cp(join(wit, name), join(folder, "deps", name.replaceAll(/[\\/]/g, "-")), { recursive: true });
    }
    await mkdir(join(folder, "deps/wasi-usb"));
    await writeFile(join(folder, "deps/wasi-usb/usb.wit"), await wasiUsb());
  });
}

/**
 * A shape takes the place of the file of its name in wit/deps, which has one interface of that name.
 *
 * @returns {Promise<Record<string, Uint8Array>>} the packages with each of wit/shapes in the same form, by the names of their folders
 */
export async function encodeOtherShapes() {
  const shapes = {};
  for (const name of await readdir(join(wit, "shapes"))) {
    const [file] = await readdir(join(wit, "shapes", name));
    shapes[name] = await staged(async (folder) => {
      await cp(await folderOf(file), folder, { recursive: true });
      await cp(join(wit, "shapes", name), folder, { recursive: true });
      await writeFile(
        join(folder, "interfaces.wit"),
        `world interfaces { import ${basename(file, ".wit")}; }\n`,
      );
    });
  }
  return shapes;
}

/** The folder of wit/deps that has a file of this name. */
async function folderOf(file) {
  for (const name of await readdir(join(wit, "deps"))) {
    const folder = join(wit, "deps", name);
    if ((await readdir(folder)).includes(file)) return folder;
  }
  throw new Error(`no folder of wit/deps has a file ${file} that a shape could take the place of`);
}

/** component:usb under its later name: nothing in it is other but the name of one interface. */
async function wasiUsb() {
  const folder = join(wit, "deps/component-usb");
  const texts = await Promise.all(
    ["usb.wit", "transfers.wit"].map((name) => readFile(join(folder, name), "utf8")),
  );
  const [first, ...others] = texts.map((text) => text.replace("package component:usb@", "package wasi:usb@"));
  const renamed = [first, ...others.map((text) => text.replace(/^package [^;]*;/, ""))]
    .join("\n")
    .replace("interface usb-hotplug {", "interface hotplug {")
    .replace("import usb-hotplug;", "import hotplug;");
  if (renamed.includes("component:usb") || renamed.includes("usb-hotplug"))
    throw new Error("wit/deps/component-usb names its package or its interface usb-hotplug in another place");
  return renamed;
}

/** Encodes the world `interfaces` of what `fill` puts in a folder. */
async function staged(fill) {
  const folder = await mkdtemp(join(tmpdir(), "busbar-host-wit-"));
  try {
    await fill(folder);
    return withoutCode(await encode(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
async function encode(witPath) {
  // preview2-shim opens the root folder for jco's tools up to 0.26.0, and no folder from 0.26.1 on.
  const jco = createRequire(fileURLToPath(import.meta.resolve("@bytecodealliance/jco-transpile")));
  const shim = await import(pathToFileURL(jco.resolve("@bytecodealliance/preview2-shim/filesystem")).href);
  if (shim._getPreopens().length === 0) shim._setPreopens({ "/": "/" });
  const { componentEmbed, componentNew } = await import("@bytecodealliance/jco-transpile/wasm-tools");
  return componentNew(await componentEmbed({ dummy: true, witPath, world: "interfaces" }), []);
}

/** Only the sections before the first core module: types, imports and aliases. */
function withoutCode(component) {
  const coreModule = 1;
  let at = 8;
  while (at < component.length && component[at] !== coreModule) {
    let size = 0;
    let next = at + 1;
    for (let shift = 0; ; shift += 7) {
      const byte = component[next];
      next += 1;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    at = next + size;
  }
  return component.subarray(0, at);
}
