/** The module that a bundle begins with: the driver's exports, and a check that they are what the world asks for. */

import { exportName, type WorldInterface } from "./world.ts";

/** Stands before the message of the check, so that it can be told from the driver's own exceptions. */
export const worldMarker = "busbar-world: ";

/**
 * The text of a module that exports all that `entry` exports. When the component is built it checks that each
 * interface is an object with its functions and its resources' classes: QuickJS itself would find that out only when
 * somebody calls them.
 *
 * @param entry the driver's module; absolute
 */
export function entryModule(world: WorldInterface, entry: string): string {
  const specifier = JSON.stringify(entry);
  const tail = JSON.stringify(`", which world "${world.name}" asks for.`);
  return [
    `import * as driver from ${specifier};`,
    `export * from ${specifier};`,
    `const marker = ${JSON.stringify(worldMarker)}, tail = ${tail};`,
    `for (const [name, members] of ${JSON.stringify(requiredMembers(world))}) {`,
    "  for (const member of members) {",
    '    if (typeof driver[name]?.[member] !== "function") {',
    "      throw new TypeError(marker + 'The export \"' + name + '\" lacks \"' + member + tail);",
    "    }",
    "  }",
    "}",
  ].join("\n");
}

/** For each exported interface the names of its functions and classes, as JavaScript has them. */
function requiredMembers(world: WorldInterface): [name: string, members: string[]][] {
  const required = new Map<string, Set<string>>();
  for (const each of world.functions) {
    const [owner = "", name] = each.split("#");
    if (name === undefined || !world.exports.includes(owner)) continue;
    const members = required.get(exportName(owner)) ?? new Set();
    required.set(exportName(owner), members);
    const resource = /^\[method\]([^.]+)\./.exec(name)?.[1];
    members.add(resource === undefined ? exportName(name) : pascalCase(resource));
  }
  return [...required].map(([name, members]) => [name, [...members].sort()]);
}

function pascalCase(name: string): string {
  const camel = exportName(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}
