/**
 * The script that joins a driver to its host: what the driver imports as modules of functions and classes, and what it exports
 * as functions that get everything as arguments.
 */

import { camelCase, pascalCase, resourceFunction } from "@busbar/host/component";
import { toStandInName } from "../wit.ts";
import { exportName } from "../world.ts";
import type { Boundary, BoundaryFunction } from "./boundary.ts";

/**
 * A function of the driver's module (of `require` and `exports`, as CommonJS has them), the host's functions by number, and those
 * that drop its resources. It returns the driver's functions in the order of the boundary, and the prototypes of the host's resources.
 */
export function joiningScript(boundary: Boundary): string {
  const { imports, exports, resources } = boundary;
  const classes = resources.map(({ own, name }, index) =>
    own === undefined
      ? [
          `function ${classOf(index)}() { throw new TypeError("${name} cannot be constructed"); }`,
          `${classOf(index)}.prototype[Symbol.dispose] = drops[${index}];`,
        ]
      : [],
  );
  return [
    "(function (driver, calls, drops) {",
    ...classes.flat(),
    "var modules = {}, exports = {};",
    ...modulesOf(boundary),
    ...imports.map((each, index) => importOf(boundary, each, index)),
    "driver(function (name) { return modules[name]; }, exports);",
    `return [[${exports.map(exportOf).join(", ")}], [`,
    resources
      .map(({ own }, index) => (own === undefined ? `${classOf(index)}.prototype` : "null"))
      .join(", "),
    "]];",
    "})",
  ].join("\n");
}

function classOf(resource: number): string {
  return `Resource${resource}`;
}

/** Each interface with its classes. A function without an interface is a module of its own, with that as its default. */
function modulesOf({ imports, resources }: Boundary): string[] {
  const names = new Set([...imports, ...resources].map((each) => each.interface));
  names.delete("");
  return [...names].map((path) => {
    const classes = resources.flatMap(({ interface: owner, name, own }, index) =>
      owner === path && own === undefined ? [`${pascalCase(name)}: ${classOf(index)}`] : [],
    );
    return `modules[${moduleName(path)}] = { ${classes.join(", ")} };`;
  });
}

function moduleName(path: string): string {
  return JSON.stringify(toStandInName(path));
}

function importOf(
  { resources }: Boundary,
  { interface: path, name }: BoundaryFunction,
  index: number,
): string {
  const call = `calls[${index}]`;
  const member = resourceFunction(name);
  if (member === undefined)
    return path === ""
      ? `modules[${moduleName(name)}] = { default: ${call} };`
      : `modules[${moduleName(path)}].${camelCase(name)} = ${call};`;
  const owner = classOf(
    resources.findIndex((each) => each.interface === path && each.name === member.resource),
  );
  return `${owner}.${member.kind === "method" ? "prototype." : ""}${camelCase(member.name)} = ${call};`;
}

/** A function of the driver's, with all that it is called with as parameters. */
function exportOf({ interface: path, name, type: { parts } }: BoundaryFunction): string {
  const params = parts.slice(1).map((_, index) => `p${index}`);
  const member = resourceFunction(name);
  const owner = path === "" ? "exports" : `exports.${exportName(path)}`;
  const [self, ...rest] = params;
  const call = (callee: string, given: readonly string[]) =>
    `function (${params.join(", ")}) { return ${callee}(${given.join(", ")}); }`;
  if (member === undefined) return call(`${owner}.${camelCase(name)}`, params);
  const owned = `${owner}.${pascalCase(member.resource)}`;
  switch (member.kind) {
    case "constructor":
      return call(`new ${owned}`, params);
    case "static":
      return call(`${owned}.${camelCase(member.name)}`, params);
    default:
      return call(`${self}.${camelCase(member.name)}`, rest);
  }
}
