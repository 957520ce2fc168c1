/**
 * What the engine lacks of JavaScript's own objects, and a driver uses: of the files in builtins/ those members that have a
 * name which the driver's script has, too, and what these name themselves.
 */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript-es5";
import { downLevel } from "./down-level.ts";

/** Data, and the same from src and from dist. */
const folder = fileURLToPath(new URL("../../src/micro/builtins/", import.meta.url));

/** Puts the members of an object into another one; a call of it is what the files are made of. */
const install = "install";
const installScript = `function ${install}(target, members) { for (var name in members) target[name] = members[name]; }`;

/** In the order in which they can use each other while they are evaluated. */
const order = ["helpers", "symbols", "errors", "object", "number", "string", "array"];

interface Member {
  readonly name: string;
  /** What it names itself. */
  readonly names: ReadonlySet<string>;
}

interface BuiltinFile {
  readonly source: ts.SourceFile;
  readonly members: readonly Member[];
}

let files: readonly BuiltinFile[] | undefined;

/**
 * The script of what the others need.
 *
 * @param scripts as they are evaluated
 */
export function builtinsFor(scripts: readonly string[]): string {
  files ??= readFiles();
  const needed = new Set(scripts.flatMap((script) => [...namesIn(parse("script.js", script))]));
  const kept = new Set<Member>();
  for (let before = -1; before !== kept.size; ) {
    before = kept.size;
    for (const member of files.flatMap(({ members }) => members)) {
      if (!needed.has(member.name) || kept.has(member)) continue;
      kept.add(member);
      for (const name of member.names) needed.add(name);
    }
  }
  const names = new Set([...kept].map(({ name }) => name));
  const texts = files.map(({ source }) => withMembers(source, names));
  return [installScript, ...texts.filter((text) => text !== "").map((text) => downLevel(text).code)].join(
    "\n",
  );
}

function readFiles(): readonly BuiltinFile[] {
  const names = readdirSync(folder).map((file) => file.replace(/\.js$/, ""));
  const sorted = [...order, ...names.filter((name) => !order.includes(name)).sort()];
  return sorted.map((name) => {
    const source = parse(name, readFileSync(`${folder}${name}.js`, "utf8"));
    return { source, members: membersIn(source) };
  });
}

function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
}

function membersIn(source: ts.SourceFile): Member[] {
  const found: Member[] = [];
  const visit = (node: ts.Node): void => {
    if (isInstall(node)) {
      for (const member of node.arguments[1].properties) {
        const text = `(${ts.isMethodDeclaration(member) ? `{${member.getText()}}` : member.getText().replace(/^\w+:/, "")})`;
        const names = namesIn(parse("member.js", downLevel(text).code));
        found.push({ name: member.name!.getText(), names });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** All identifiers, whatever they are the names of: too many members are better than one too few. */
function namesIn(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

interface InstallCall extends ts.CallExpression {
  readonly arguments: ts.NodeArray<ts.Expression> & {
    readonly 0: ts.Expression;
    readonly 1: ts.ObjectLiteralExpression;
  };
}

function isInstall(node: ts.Node): node is InstallCall {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === install;
}

/** The text of a file with some of its members; empty where none is left. */
function withMembers(source: ts.SourceFile, names: ReadonlySet<string>): string {
  let count = 0;
  const { transformed } = ts.transform(source, [
    (context) => {
      const visit = (node: ts.Node): ts.Node => {
        if (!isInstall(node)) return ts.visitEachChild(node, visit, context);
        const [target, members] = node.arguments;
        const kept = members.properties.filter((member) => names.has(member.name!.getText()));
        count += kept.length;
        return context.factory.updateCallExpression(node, node.expression, undefined, [
          target,
          context.factory.updateObjectLiteralExpression(members, kept),
        ]);
      };
      return (file) => ts.visitNode(file, visit, ts.isSourceFile);
    },
  ]);
  return count === 0 ? "" : ts.createPrinter({ removeComments: true }).printFile(transformed[0]!);
}
