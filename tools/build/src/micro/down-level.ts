/**
 * Newer JavaScript as the ES5 that MicroQuickJS takes. TypeScript's compiler does most of it; what ES5 has not at all, and
 * what that compiler would only do with functions and tables of its own, is rewritten before:
 *
 * - `#name` becomes a property of another name, which costs nothing when it is used;
 * - what `for (... of it)`, `[...it]` and `[first] = it` go through is made an array;
 * - `new Class(...it)` becomes a call that constructs;
 * - what is caught gets a name that nothing else has, as the engine wants it.
 */

import ts from "typescript-es5";

/** A script and its source map, version 3, as JSON. */
export interface DownLevelled {
  readonly code: string;
  readonly map: string;
}

/** The global function that makes an array of what can be iterated over (builtins/helpers.js). */
const asArray = "$arrayOf";

/** The global function that constructs with an array of arguments (builtins/helpers.js). */
const construct = "$construct";

/**
 * Writes a module as ES5.
 *
 * @param code JavaScript; what it imports and exports becomes uses of `require` and `exports`
 */
export function downLevel(code: string): DownLevelled {
  const { outputText, sourceMapText = "" } = ts.transpileModule(withOwnCatchNames(code), {
    fileName: "driver.js",
    compilerOptions: {
      target: ts.ScriptTarget.ES5,
      module: ts.ModuleKind.CommonJS,
      allowJs: true,
      removeComments: true,
      sourceMap: true,
      // They are among the built-ins, for this engine and once.
      noEmitHelpers: true,
    },
    transformers: { before: [withoutPrivateNames, withArrays] },
  });
  return { code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""), map: sourceMapText };
}

/** Private names as properties that no other class has: "#bus" of the second class is "_bus$2". */
function withoutPrivateNames(context: ts.TransformationContext): ts.Transformer<ts.SourceFile> {
  const { factory } = context;
  const classes: ReadonlyMap<string, string>[] = [];
  let count = 0;
  const nameOf = ({ text }: ts.PrivateIdentifier) =>
    classes.findLast((names) => names.has(text))?.get(text) ?? text.slice(1);
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isClassLike(node)) {
      count += 1;
      classes.push(new Map(node.members.flatMap((member) => privateNames(member, count))));
      const visited = ts.visitEachChild(node, visit, context);
      classes.pop();
      return visited;
    }
    // `#name in object`
    if (ts.isBinaryExpression(node) && ts.isPrivateIdentifier(node.left)) {
      const name = factory.createStringLiteral(nameOf(node.left));
      return factory.updateBinaryExpression(node, name, node.operatorToken, visited(node.right));
    }
    if (ts.isPrivateIdentifier(node)) return factory.createIdentifier(nameOf(node));
    return ts.visitEachChild(node, visit, context);
  };
  const visited = (node: ts.Expression) => ts.visitNode(node, visit, ts.isExpression);
  return (file) => ts.visitNode(file, visit, ts.isSourceFile);
}

function privateNames({ name }: ts.ClassElement, place: number): [name: string, instead: string][] {
  return name !== undefined && ts.isPrivateIdentifier(name)
    ? [[name.text, `_${name.text.slice(1)}$${place}`]]
    : [];
}

/** Only arrays can be walked through in ES5. An array literal, and what a rest parameter is, is one. */
function withArrays(context: ts.TransformationContext): ts.Transformer<ts.SourceFile> {
  const { factory } = context;
  const wrap = (expression: ts.Expression) =>
    ts.isArrayLiteralExpression(expression)
      ? expression
      : factory.createCallExpression(factory.createIdentifier(asArray), undefined, [expression]);
  const visit = (node: ts.Node): ts.Node => {
    const seen = ts.visitEachChild(node, visit, context);
    if (ts.isForOfStatement(seen)) {
      const { awaitModifier, initializer, expression, statement } = seen;
      return factory.updateForOfStatement(seen, awaitModifier, initializer, wrap(expression), statement);
    }
    if (ts.isNewExpression(seen) && seen.arguments?.some(ts.isSpreadElement)) {
      const values = factory.createArrayLiteralExpression(seen.arguments);
      return factory.createCallExpression(factory.createIdentifier(construct), undefined, [
        seen.expression,
        values,
      ]);
    }
    if (ts.isSpreadElement(seen)) return factory.updateSpreadElement(seen, wrap(seen.expression));
    if (ts.isVariableDeclaration(seen) && ts.isArrayBindingPattern(seen.name) && seen.initializer) {
      const { name, exclamationToken, type, initializer } = seen;
      return factory.updateVariableDeclaration(seen, name, exclamationToken, type, wrap(initializer));
    }
    if (ts.isBinaryExpression(seen) && isArrayAssignment(seen)) {
      return factory.updateBinaryExpression(seen, seen.left, seen.operatorToken, wrap(seen.right));
    }
    return seen;
  };
  return (file) => ts.visitNode(file, visit, ts.isSourceFile);
}

/**
 * To the engine the name behind `catch` is one of the function's. In the text, because TypeScript's compiler tells names apart
 * that it has read, and no others; and on the same line, so that places stay what they are.
 */
function withOwnCatchNames(code: string): string {
  const source = ts.createSourceFile("driver.js", code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCatchClause(node) && node.variableDeclaration !== undefined) {
      const { pos, end } = node.variableDeclaration;
      const caught = `caught$${edits.length}`;
      edits.push({ start: pos, end, text: caught });
      const open = node.block.getStart(source) + 1;
      edits.push({ start: open, end: open, text: ` let ${code.slice(pos, end)} = ${caught};` });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  let at = 0;
  let text = "";
  for (const edit of edits.toSorted((one, other) => one.start - other.start)) {
    text += code.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + code.slice(at);
}

function isArrayAssignment({ left, operatorToken }: ts.BinaryExpression): boolean {
  return operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isArrayLiteralExpression(left);
}
