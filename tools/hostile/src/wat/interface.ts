/** What a component exports as an interface: a component of its own in it, as wit-component makes it. */

/** The parts of an exported interface. */
export interface InterfaceParts {
  /** `(type $name ...)`, one after the other. */
  readonly types: string;
  /** The functions by their names in `types` and `exports`, without "$": parameters and result. */
  readonly functions: Readonly<Record<string, string>>;
  /** `(export "name" (func $function))`, one after the other. */
  readonly exports: string;
}

/**
 * An instance `$name` with a resource `$device` and functions over it. Every type that a function of an export has must be
 * exported by a name too (Explainer.md of the component model, "name uniqueness" and what follows it), and an instance that is
 * made of exports has no place where its types could have one: so it is instantiated of a component that gets types and
 * functions of the outer one by `with`.
 */
export function instanceOf(name: string, { types, functions, exports }: InterfaceParts): string {
  const defined = definitions(types);
  const named = defined.filter(({ body }) => /^\((?:record|variant|enum|flags)\b/.test(body));
  /** All types by other names, and with exports or imports in which they have one. */
  const within = (suffix: string, place: "import" | "export") =>
    defined
      .map((each) => {
        const body = renamed(each.body, suffix);
        if (!named.includes(each)) return `(type $${each.name}${suffix} ${body})`;
        const own = `$${each.name}${suffix}`;
        return place === "import"
          ? `(type ${own}-of ${body}) (import "type-${each.name}" (type ${own} (eq ${own}-of)))`
          : `(type ${own}-of ${body}) (export ${own} "${each.name}" (type ${own}-of))`;
      })
      .join("\n");
  const used = [...exports.matchAll(/\(func \$([\w-]+)\)/g)].map(([, called]) => called!);
  const own = Object.entries(functions).filter(([called]) => used.includes(called));
  const outwards = exports.replaceAll(
    /\(func \$([\w-]+)\)/g,
    (_, called: string) => `(func $${called}) (func (type $of-${called}))`,
  );
  return `(component $${name}-of
      (import "type-device" (type $device-in (sub resource)))
      ${within("-in", "import")}
      (type $self-in (borrow $device-in))
      ${own.map(([called, of]) => `(import "of-${called}" (func $${called} ${renamed(of, "-in")}))`).join("\n      ")}
      (export $device-out "device" (type $device-in))
      ${within("-out", "export")}
      (type $self-out (borrow $device-out))
      ${own.map(([called, of]) => `(type $of-${called} (func ${renamed(of, "-out")}))`).join("\n      ")}
      ${outwards})
    (instance $${name} (instantiate $${name}-of
      (with "type-device" (type $device))
      ${named.map((each) => `(with "type-${each.name}" (type $${each.name}))`).join(" ")}
      ${own.map(([called]) => `(with "of-${called}" (func $${called}))`).join(" ")}))`;
}

/** `$name` becomes `$name-in`. */
function renamed(text: string, suffix: string): string {
  return text.replaceAll(/\$[\w-]+/g, (name) => `${name}${suffix}`);
}

/** The types of a text, each with what it is. */
function definitions(types: string): { readonly name: string; readonly body: string }[] {
  const found = [];
  const head = /\(type \$([\w-]+) /y;
  for (let at = 0; ; ) {
    head.lastIndex = at + /^\s*/.exec(types.slice(at))![0].length;
    const match = head.exec(types);
    if (match === null) return found;
    const start = head.lastIndex;
    let end = start;
    for (let depth = 1; depth > 0; end += 1) {
      if (types[end] === "(") depth += 1;
      if (types[end] === ")") depth -= 1;
    }
    found.push({ name: match[1]!, body: types.slice(start, end - 1).trim() });
    at = end;
  }
}
