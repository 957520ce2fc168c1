// Writes the tables that follow from the packages: between <!-- drivers --> and <!-- /drivers --> of a page, and likewise for
// each other table. With --check it only says whether one is out of date. Run by: npx -y pnpm@12 tables
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { drivers, read, root } from "./drivers.mjs";

/** The buses that drivers are for. */
const buses = [...new Set(drivers.flatMap((driver) => driver.buses))].sort();

/** Buses as people write them. */
const namesOf = (list) => list.map((bus) => bus.toUpperCase()).join(", ");

/** The device interfaces that a driver exports, with what wit/device says of each. */
const kinds = [...new Set(drivers.flatMap(({ kinds }) => kinds))].sort().map((kind) => {
  const lines = read(`wit/device/${kind}.wit`).split("\n");
  const at = lines.indexOf(`interface ${kind} {`);
  let from = at;
  while (lines[from - 1].startsWith("///")) from -= 1;
  const text = lines.slice(from, at).map((line) => line.replace(/^\/\/\/ ?/, ""));
  // What it is stands in the first sentence.
  return { kind, text: /^.*?\.(?= |$)/.exec(text.join(" "))[0] };
});

/** The tables by name. @param to a link from the page to a path of the repository */
const tables = {
  drivers: (to) => [
    ["package", "device", "bus", "interface"],
    ...drivers.map(({ folder, short, description, buses, kinds }) => [
      `[${short}](${to(folder)})`,
      description,
      namesOf(buses),
      kinds.map((kind) => `\`${kind}\``).join(", "),
    ]),
  ],
  kinds: (to) => [
    ["interface", "what it is", "drivers"],
    ...kinds.map(({ kind, text }) => [
      `[\`${kind}\`](${to(`wit/device/${kind}.wit`)})`,
      text,
      drivers
        .filter((each) => each.kinds.includes(kind))
        .map(({ short }) => short)
        .join(", "),
    ]),
  ],
  buses: () => [
    ["bus", "drivers"],
    ...buses.map((bus) => [
      namesOf([bus]),
      drivers
        .filter((each) => each.buses.includes(bus))
        .map(({ short }) => short)
        .join(", "),
    ]),
  ],
  models: (to) => [
    ["model", "bus", "of"],
    ...drivers
      .flatMap(({ folder, short, buses, models }) =>
        Object.keys(models).map((model) => [
          `\`${model}\``,
          namesOf(buses),
          `[${short}](${to(`${folder}/README.md`)})`,
        ]),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ],
};

const stale = [];
for (const path of ["README.md", "tools/sim/README.md"]) {
  const before = read(path);
  const to = (target) => relative(join(root, path, ".."), join(root, target));
  const after = before.replaceAll(/(<!-- (\w+) -->\n)[\s\S]*?(<!-- \/\2 -->)/g, (_, begin, name, end) => {
    const rows = tables[name](to);
    const rule = rows[0].map(() => "---");
    const lines = [rows[0], rule, ...rows.slice(1)].map((row) => `| ${row.join(" | ")} |`);
    return `${begin}\n${formatted(`${lines.join("\n")}\n`)}\n${end}`;
  });
  if (before === after) continue;
  stale.push(path);
  if (!process.argv.includes("--check")) writeFileSync(join(root, path), after);
}
if (stale.length > 0 && process.argv.includes("--check")) {
  console.error(
    `The tables of ${stale.join(" and ")} are out of date; write them with: npx -y pnpm@12 tables`,
  );
  process.exitCode = 1;
}

/** As the linter wants a table. */
function formatted(text) {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  return execFileSync(process.execPath, [biome, "format", "--stdin-file-path=table.md"], {
    cwd: root,
    input: text,
    encoding: "utf8",
  });
}
