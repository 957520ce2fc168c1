// Writes generated/host-interfaces.js: the types of everything that the host offers, read off wit/ when this package is
// built, so that the host needs no tool for it.
import { mkdirSync, writeFileSync } from "node:fs";
import { encodeHostInterfaces, encodeOtherShapes } from "@busbar/encode-wit";

const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const interfaces = base64(await encodeHostInterfaces());
const shapes = Object.entries(await encodeOtherShapes()).map(([name, bytes]) => [name, base64(bytes)]);

const interfacesDoc = "/** The world busbar:host/interfaces as a component without code, in base64. */";
const shapesDoc =
  "/** Interfaces that go by a name of these but have other types, in the same form, by the name of the shape. */";
mkdirSync("generated", { recursive: true });
writeFileSync(
  "generated/host-interfaces.js",
  `${interfacesDoc}
export const hostInterfaces = ${JSON.stringify(interfaces)};

${shapesDoc}
export const otherShapes = ${JSON.stringify(shapes)};
`,
);
writeFileSync(
  "generated/host-interfaces.d.ts",
  `${interfacesDoc}
export declare const hostInterfaces: string;

${shapesDoc}
export declare const otherShapes: readonly (readonly [name: string, interfaces: string])[];
`,
);
