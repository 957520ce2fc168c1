import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const sources = globSync("src/**/*.ts", { cwd: root });

/** What only one platform has. A core that used one of these would not run in the other. */
const platformNames =
  /\b(process|Buffer|require|__dirname|setImmediate|document|window|navigator|localStorage)\b/;

test("core imports its own files and valibot, and nothing of Node's", () => {
  expect(sources.length).toBeGreaterThan(15);
  const imported = sources.flatMap((file) =>
    [
      ...readFileSync(join(root, file), "utf8").matchAll(
        /^(?:import|export)\b[^;]*?\bfrom "([^"]+)"|\bimport\(\s*"([^"]+)"/gm,
      ),
    ].map((match) => (match[1] ?? match[2])!),
  );
  expect([...new Set(imported.filter((name) => !name.startsWith(".")))]).toEqual(["valibot"]);
});

test("core names nothing that only Node or only a browser has", () => {
  const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|"[^"]*"|`[^`]*`/g, "");
  const offending = sources.filter((file) =>
    platformNames.test(withoutComments(readFileSync(join(root, file), "utf8"))),
  );
  expect(offending).toEqual([]);
});

test("no file imports itself by way of others, not for types either; but in the linker, which is one piece", () => {
  const imports = new Map(
    sources.map((file) => [
      file,
      [
        ...readFileSync(join(root, file), "utf8").matchAll(/^(?:import|export)\b[^;]*?\bfrom "(\.[^"]+)"/gm),
      ].map(([, path]) => join(dirname(file), path!)),
    ]),
  );
  const reached = (from: string) => {
    const found = new Set<string>();
    const waiting = [...(imports.get(from) ?? [])];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (found.has(file)) continue;
      found.add(file);
      waiting.push(...(imports.get(file) ?? []));
    }
    return found;
  };
  const others = sources.filter((file) => !file.startsWith("src/component/"));
  expect(others.length).toBeGreaterThan(100);
  expect(others.filter((file) => reached(file).has(file))).toEqual([]);
});
