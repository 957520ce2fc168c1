use super::names::require_extern_name;
use crate::link::{ComponentInterface, Extern, ExternKind};
use std::rc::Rc;
use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind,
    ComponentTypeRef, Instance, MemoryType, Parser, Payload,
};

/// Of WebAssembly's own size; others are refused.
const PAGE: u64 = 65_536;
/// The most modules, components, instances and names; one composed of ten drivers has some thousand.
const MOST_DEFINITIONS: usize = 200_000;

/// A component's file, taken apart.
pub struct Binary<'a> {
    /// The custom sections of the component itself, in the order of the file: the name of each, and what is in it.
    pub custom_sections: Vec<(&'a str, &'a [u8])>,
    pub interface: ComponentInterface,
    /// All core modules, in the order of the file.
    pub modules: Vec<Module<'a>>,
    pub body: Rc<Body>,
}

/// A core module.
pub struct Module<'a> {
    pub bytes: &'a [u8],
    /// None where a memory is of a kind that is not supported.
    pub memory_bytes: Option<u64>,
}

/// The definitions of a component, in their order, as far as modules, components and instances are concerned.
#[derive(Default)]
pub struct Body {
    pub definitions: Vec<Definition>,
}

/// Something with an index of its own, by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Module,
    Component,
    Instance,
    /// Functions, types and values, whose indices nobody counts here.
    Other,
}

/// A named item: of an argument, or an export.
pub struct Item {
    pub name: String,
    pub sort: Sort,
    pub index: u32,
}

/// One definition.
pub enum Definition {
    /// A core module, by its place in the file.
    Module(usize),
    Component(Rc<Body>),
    /// A core instance of a module.
    InstantiateModule(u32),
    Instantiate {
        component: u32,
        arguments: Vec<Item>,
    },
    /// An instance that is made of items.
    Bundle(Vec<Item>),
    /// What an instance exports.
    AliasExport {
        sort: Sort,
        instance: u32,
        name: String,
    },
    /// What a component around has, so many levels out.
    AliasOuter {
        sort: Sort,
        count: u32,
        index: u32,
    },
    Import {
        name: String,
        sort: Sort,
    },
    Export(Item),
}

/// Takes a component apart.
///
/// # Errors
///
/// What is wrong with it: the middle of a sentence.
pub fn read_binary(bytes: &[u8]) -> Result<Binary<'_>, String> {
    let mut reading = Reading { bytes, modules: Vec::new(), bodies: Vec::new(), count: 0 };
    let mut custom_sections = Vec::new();
    let mut interface = ComponentInterface::default();
    let mut outermost = None;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| said(&error))?;
        // Of the outermost component.
        if reading.bodies.len() == 1 {
            match &payload {
                Payload::CustomSection(section) => custom_sections.push((section.name(), section.data())),
                Payload::ComponentImportSection(imports) => {
                    for import in imports.clone() {
                        let import = import.map_err(|error| said(&error))?;
                        interface.imports.push(extern_of(import.name.name, kind_of_type(import.ty))?);
                    }
                }
                Payload::ComponentExportSection(exports) => {
                    for export in exports.clone() {
                        let export = export.map_err(|error| said(&error))?;
                        interface.exports.push(extern_of(export.name.name, kind_of(export.kind))?);
                    }
                }
                _ => {}
            }
        }
        outermost = reading.take(payload).map_err(|error| said(&error))?.or(outermost);
        if reading.count > MOST_DEFINITIONS {
            return Err(format!("it has more than {MOST_DEFINITIONS} definitions"));
        }
    }
    let body = outermost.ok_or("it is no component")?;
    Ok(Binary { custom_sections, interface, modules: reading.modules, body })
}

/// The definitions of a component that the reader is in, or a module.
enum Scope {
    Component(Body),
    Module { place: usize },
}

struct Reading<'a> {
    bytes: &'a [u8],
    modules: Vec<Module<'a>>,
    bodies: Vec<Scope>,
    count: usize,
}

impl<'a> Reading<'a> {
    /// Takes one part of the file. Gives the outermost component at its end.
    fn take(&mut self, payload: Payload<'a>) -> Result<Option<Rc<Body>>, BinaryReaderError> {
        match payload {
            Payload::Version { encoding: wasmparser::Encoding::Component, .. } => {
                self.bodies.push(Scope::Component(Body::default()));
            }
            Payload::Version { encoding: wasmparser::Encoding::Module, .. } => {
                self.bodies.push(Scope::Module { place: self.modules.len().saturating_sub(1) });
            }
            Payload::ModuleSection { unchecked_range, .. } => {
                self.define(Definition::Module(self.modules.len()));
                let bytes = self.bytes.get(unchecked_range).unwrap_or_default();
                self.modules.push(Module { bytes, memory_bytes: Some(0) });
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    self.begin_memory(memory?);
                }
            }
            Payload::InstanceSection(instances) => {
                for instance in instances {
                    if let Instance::Instantiate { module_index, .. } = instance? {
                        self.define(Definition::InstantiateModule(module_index));
                    }
                }
            }
            Payload::ComponentInstanceSection(instances) => {
                for instance in instances {
                    self.define(instance_of(instance?));
                }
            }
            Payload::ComponentAliasSection(aliases) => {
                for alias in aliases {
                    if let Some(alias) = alias_of(alias?) {
                        self.define(alias);
                    }
                }
            }
            Payload::ComponentImportSection(imports) => {
                for import in imports {
                    let import = import?;
                    let sort = sort_of(kind_of_type(import.ty));
                    self.define(Definition::Import { name: import.name.name.to_owned(), sort });
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    let sort = sort_of(kind_of(export.kind));
                    let name = export.name.name.to_owned();
                    self.define(Definition::Export(Item { name, sort, index: export.index }));
                }
            }
            Payload::End(_) => {
                if let Some(Scope::Component(body)) = self.bodies.pop() {
                    let body = Rc::new(body);
                    if self.bodies.is_empty() {
                        return Ok(Some(body));
                    }
                    self.define(Definition::Component(body));
                }
            }
            _ => {}
        }
        Ok(None)
    }

    fn define(&mut self, definition: Definition) {
        self.count += 1;
        if let Some(Scope::Component(body)) = self.bodies.last_mut() {
            body.definitions.push(definition);
        }
    }

    fn begin_memory(&mut self, memory: MemoryType) {
        let Some(Scope::Module { place }) = self.bodies.last() else { return };
        let Some(module) = self.modules.get_mut(*place) else { return };
        let is_supported = !memory.memory64 && !memory.shared && memory.page_size_log2.is_none();
        let more = memory.initial.checked_mul(PAGE).filter(|_| is_supported);
        module.memory_bytes = module.memory_bytes.zip(more).and_then(|(known, more)| known.checked_add(more));
    }
}

fn instance_of(instance: ComponentInstance<'_>) -> Definition {
    let item = |name: &str, kind, index| Item { name: name.to_owned(), sort: sort_of(kind_of(kind)), index };
    match instance {
        ComponentInstance::Instantiate { component_index, args } => Definition::Instantiate {
            component: component_index,
            arguments: args.iter().map(|each| item(each.name, each.kind, each.index)).collect(),
        },
        ComponentInstance::FromExports(exports) => {
            Definition::Bundle(exports.iter().map(|each| item(each.name.name, each.kind, each.index)).collect())
        }
    }
}

/// None for what is of a core instance.
fn alias_of(alias: ComponentAlias<'_>) -> Option<Definition> {
    match alias {
        ComponentAlias::InstanceExport { kind, instance_index, name } => Some(Definition::AliasExport {
            sort: sort_of(kind_of(kind)),
            instance: instance_index,
            name: name.to_owned(),
        }),
        ComponentAlias::Outer { kind, count, index } => {
            let sort = match kind {
                ComponentOuterAliasKind::CoreModule => Sort::Module,
                ComponentOuterAliasKind::Component => Sort::Component,
                _ => Sort::Other,
            };
            Some(Definition::AliasOuter { sort, count, index })
        }
        ComponentAlias::CoreInstanceExport { .. } => None,
    }
}

fn extern_of(name: &str, kind: ExternKind) -> Result<Extern, String> {
    require_extern_name(name)?;
    Ok(Extern { name: name.to_owned(), kind })
}

fn kind_of(kind: ComponentExternalKind) -> ExternKind {
    match kind {
        ComponentExternalKind::Module => ExternKind::Module,
        ComponentExternalKind::Func => ExternKind::Function,
        ComponentExternalKind::Value => ExternKind::Value,
        ComponentExternalKind::Type => ExternKind::Type,
        ComponentExternalKind::Instance => ExternKind::Instance,
        ComponentExternalKind::Component => ExternKind::Component,
    }
}

fn kind_of_type(ty: ComponentTypeRef) -> ExternKind {
    match ty {
        ComponentTypeRef::Module(_) => ExternKind::Module,
        ComponentTypeRef::Func(_) => ExternKind::Function,
        ComponentTypeRef::Value(_) => ExternKind::Value,
        ComponentTypeRef::Type(_) => ExternKind::Type,
        ComponentTypeRef::Instance(_) => ExternKind::Instance,
        ComponentTypeRef::Component(_) => ExternKind::Component,
    }
}

fn sort_of(kind: ExternKind) -> Sort {
    match kind {
        ExternKind::Module => Sort::Module,
        ExternKind::Component => Sort::Component,
        ExternKind::Instance => Sort::Instance,
        ExternKind::Function | ExternKind::Value | ExternKind::Type => Sort::Other,
    }
}

fn said(error: &BinaryReaderError) -> String {
    format!("{} (at byte {})", error.message(), error.offset())
}
