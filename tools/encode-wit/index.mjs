// The world busbar:host/interfaces in the component model's binary form. Hosts read off it the types of everything that
// they offer, so that the WIT files stay the only place where an interface is written.
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const wit = dirname(createRequire(import.meta.url).resolve("@busbar/wit/package.json"));

/** @returns {Promise<Uint8Array>} a component with the imports of the world, and without code */
export async function encodeHostInterfaces() {
  const staged = await mkdtemp(join(tmpdir(), "busbar-host-wit-"));
  try {
    await cp(join(wit, "host"), staged, { recursive: true });
    const others = await readdir(join(wit, "deps"));
    for (const name of ["board", "device", ...others.map((each) => join("deps", each))]) {
      await cp(join(wit, name), join(staged, "deps", name.replaceAll(/[\\/]/g, "-")), { recursive: true });
    }
    return withoutCode(await encode(staged));
  } finally {
    await rm(staged, { recursive: true, force: true });
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
