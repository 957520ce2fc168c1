/** The functions and errors of the public interfaces, read off wit/ through the host's own types. */

import { hostTypes } from "../src/component/host-types.ts";
import { DefinedType, type TypePart } from "../src/component/types.ts";

const packages = ["wasi:i2c/", "wasi:spi/", "component:usb/"] as const;

/** A package of them. */
export type Package = (typeof packages)[number];

/** Every function, sorted: "wasi:i2c/i2c [method]i2c.read". */
export function allFunctions(): string[] {
  return packages
    .flatMap(interfacesOf)
    .flatMap(([path, functions]) => [...functions.keys()].map((name) => `${path} ${name}`))
    .sort();
}

/** Every error that a function of a package can return, sorted: "no-acknowledge(address)". */
export function allErrors(of: Package): string[] {
  const errors = interfacesOf(of)
    .flatMap(([, functions]) => [...functions.values()])
    .flatMap((type) => {
      const result = type.parts.at(-1);
      return result instanceof DefinedType && result.form.form === "result" ? casesOf(result.parts[1]) : [];
    });
  return [...new Set(errors)].sort();
}

function interfacesOf(of: Package) {
  return [...hostTypes()].filter(([path]) => path.startsWith(of));
}

/** The cases of an enum or a variant, one whose payload has cases once for each of those. */
function casesOf(type: TypePart): string[] {
  if (!(type instanceof DefinedType)) return [];
  const { form, parts } = type;
  if (form.form === "enum") return [...form.labels];
  if (form.form !== "variant") return [];
  return form.cases.flatMap(({ name }, index) => {
    const payloads = casesOf(parts[index]).map((payload) => `${name}(${payload})`);
    return payloads.length === 0 ? name : payloads;
  });
}
