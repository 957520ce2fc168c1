// Writes generated/host-interfaces.js: the types of everything that the host offers, read off wit/ when this package is
// built, so that the host needs no tool for it.
import { mkdirSync, writeFileSync } from "node:fs";
import { encodeHostInterfaces } from "@busbar/encode-wit";

const base64 = Buffer.from(await encodeHostInterfaces()).toString("base64");
const doc = "/** The world busbar:host/interfaces as a component without code, in base64. */";
mkdirSync("generated", { recursive: true });
writeFileSync("generated/host-interfaces.js", `${doc}\nexport const hostInterfaces = "${base64}";\n`);
writeFileSync("generated/host-interfaces.d.ts", `${doc}\nexport declare const hostInterfaces: string;\n`);
