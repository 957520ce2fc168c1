/** What a component's definitions say about each other: which index space one adds to, and which indices it refers to. */

import type {
  CanonicalOptions,
  Definition,
  ExternDescription,
  NamedItem,
  Sort,
  TypeForm,
  TypeReference,
} from "@busbar/host/component";

/** Gives the index that stands in the place of another. */
export type MapIndex = (sort: Sort, index: number) => number;

/** The index space that a definition adds to. Explainer.md, "Index Spaces": an export adds to one as well. */
export function spaceOf(definition: Definition): Sort {
  switch (definition.op) {
    case "core module":
    case "component":
    case "type":
      return definition.op;
    case "core instantiate":
    case "core bundle":
      return "core instance";
    case "instantiate":
    case "bundle":
      return "instance";
    case "import":
    case "export type":
      return definition.description.sort;
    case "export":
    case "alias export":
    case "alias core export":
    case "alias outer":
      return definition.sort;
    case "canon lift":
      return "func";
    default:
      return "core func";
  }
}

/** A definition with other indices in the place of all that lead out of it, also from within what is nested in it. */
export function mapReferences(definition: Definition, map: MapIndex): Definition {
  switch (definition.op) {
    case "core module":
      return definition;
    case "component":
      return {
        ...definition,
        component: { definitions: mapNested(definition.component.definitions, map, 1) },
      };
    case "core instantiate":
      return {
        ...definition,
        module: map("core module", definition.module),
        args: definition.args.map(({ name, instance }) => ({
          name,
          instance: map("core instance", instance),
        })),
      };
    case "instantiate":
      return {
        ...definition,
        component: map("component", definition.component),
        args: definition.args.map((item) => mapItem(item, map)),
      };
    case "core bundle":
    case "bundle":
      return { ...definition, exports: definition.exports.map((item) => mapItem(item, map)) };
    case "alias export":
      return { ...definition, instance: map("instance", definition.instance) };
    case "alias core export":
      return { ...definition, instance: map("core instance", definition.instance) };
    case "alias outer":
      return definition.count === 0 ? mapItem(definition, map) : definition;
    case "type":
      return { ...definition, type: mapType(definition.type, map) };
    case "import":
    case "export type":
      return { ...definition, description: mapDescription(definition.description, map) };
    case "export": {
      const { description } = definition;
      return {
        ...mapItem(definition, map),
        description: description === undefined ? undefined : mapDescription(description, map),
      };
    }
    case "canon lift":
      return {
        ...definition,
        func: map("core func", definition.func),
        options: mapOptions(definition.options, map),
        type: map("type", definition.type),
      };
    case "canon lower":
      return {
        ...definition,
        func: map("func", definition.func),
        options: mapOptions(definition.options, map),
      };
    default:
      return { ...definition, resource: map("type", definition.resource) };
  }
}

/** A type with other indices in the place of those that it refers to. */
export function mapType(type: TypeForm, map: MapIndex): TypeForm {
  const part = <Part extends TypeReference | undefined>(reference: Part) =>
    typeof reference === "number" ? map("type", reference) : reference;
  switch (type.form) {
    case "record":
      return { ...type, fields: type.fields.map(({ name, type: field }) => ({ name, type: part(field) })) };
    case "variant":
      return { ...type, cases: type.cases.map(({ name, type: each }) => ({ name, type: part(each) })) };
    case "list":
      return { ...type, element: part(type.element) };
    case "tuple":
      return { ...type, types: type.types.map(part) };
    case "option":
      return { ...type, type: part(type.type) };
    case "result":
      return { ...type, ok: part(type.ok), error: part(type.error) };
    case "own":
    case "borrow":
      return { ...type, resource: map("type", type.resource) };
    case "func":
      return {
        ...type,
        params: type.params.map(({ name, type: each }) => ({ name, type: part(each) })),
        result: part(type.result),
      };
    case "resource":
      return type.destructor === undefined
        ? type
        : { ...type, destructor: map("core func", type.destructor) };
    case "component type":
    case "instance type":
      return { ...type, declarations: mapNested(type.declarations, map, 1) };
    default:
      return type;
  }
}

/** A description with another type. */
export function mapDescription(description: ExternDescription, map: MapIndex): ExternDescription {
  if ("resource" in description) return description;
  if (description.sort === "type") return { ...description, equal: map("type", description.equal) };
  return { ...description, type: map("type", description.type) };
}

function mapItem<Item extends Pick<NamedItem, "sort" | "index">>(item: Item, map: MapIndex): Item {
  return { ...item, index: map(item.sort, item.index) };
}

function mapOptions(options: CanonicalOptions, map: MapIndex): CanonicalOptions {
  const part = (sort: Sort, index: number | undefined) =>
    index === undefined ? undefined : map(sort, index);
  return {
    encoding: options.encoding,
    memory: part("core memory", options.memory),
    realloc: part("core func", options.realloc),
    postReturn: part("core func", options.postReturn),
  };
}

/** @param depth how many scopes `map` is outwards: what is nested reaches it by outer aliases alone */
function mapNested(definitions: readonly Definition[], map: MapIndex, depth: number): readonly Definition[] {
  return definitions.map((definition): Definition => {
    if (definition.op === "alias outer") {
      return definition.count === depth ? mapItem(definition, map) : definition;
    }
    if (definition.op === "component") {
      const nested = mapNested(definition.component.definitions, map, depth + 1);
      return { ...definition, component: { definitions: nested } };
    }
    if (definition.op === "type" && "declarations" in definition.type) {
      const declarations = mapNested(definition.type.declarations, map, depth + 1);
      return { ...definition, type: { ...definition.type, declarations } };
    }
    return definition;
  });
}
