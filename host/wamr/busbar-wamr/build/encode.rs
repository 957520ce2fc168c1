//! Writes the interface of a WIT world as a flattened component carries it (docs/flattened.md, `busbar:interface`). So the
//! host's own functions are described in the same form, from wit/, and what a component declares is compared with that.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use wit_parser::{Handle, PackageId, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem, WorldKey};

/// The version of the format.
const VERSION: u8 = 0x01;

/// component:usb, and the file of it that there are other shapes of.
const USB: &str = "deps/component-usb";
const TRANSFERS: &str = "transfers.wit";

/// wasi:spi, which is one file.
const SPI: &str = "deps/wasi-spi";

/// Folders of wit/, those that others use first.
const FOLDERS: [&str; 12] = [
    "deps/wasi-io",
    "deps/wasi-io-0.2.4",
    "deps/wasi-clocks",
    "deps/wasi-random",
    "deps/wasi-filesystem",
    "deps/wasi-cli",
    "deps/wasi-gpio",
    "deps/wasi-i2c",
    SPI,
    USB,
    "board",
    "device",
];

/// A world of a source text, which may use what is in wit/.
///
/// # Errors
///
/// When it is wrong, or no flattened component can have it.
pub fn encode_source(wit: &Path, source: &str, world: &str) -> Result<Vec<u8>, String> {
    encode_with(wit, &Shape::default(), source, world)
}

/// The same, with an interface in another shape: a folder of wit/shapes.
///
/// # Errors
///
/// As for [`encode_source`].
#[allow(dead_code, reason = "tests have no use for it")]
pub fn encode_shape(wit: &Path, shape: &str, source: &str, world: &str) -> Result<Vec<u8>, String> {
    let folder = wit.join("shapes").join(shape);
    let transfers = folder.join(TRANSFERS);
    let shape = if transfers.exists() {
        Shape { transfers: Some(transfers), spi: None }
    } else {
        Shape { transfers: None, spi: Some(folder) }
    };
    encode_with(wit, &shape, source, world)
}

/// What takes the place of something of wit/deps.
#[derive(Default)]
struct Shape {
    /// The file with component:usb/transfers.
    transfers: Option<PathBuf>,
    /// The folder with wasi:spi.
    spi: Option<PathBuf>,
}

fn encode_with(wit: &Path, shape: &Shape, source: &str, world: &str) -> Result<Vec<u8>, String> {
    let transfers = shape.transfers.clone().unwrap_or_else(|| wit.join(USB).join(TRANSFERS));
    let spi = shape.spi.clone().unwrap_or_else(|| wit.join(SPI));
    let mut resolve = Resolve::default();
    for folder in FOLDERS {
        if folder == USB {
            let usb = usb_source(&wit.join(USB), &transfers)?;
            resolve.push_source("component-usb.wit", &usb).map_err(|cause| format!("{cause:#}"))?;
            resolve.push_source("wasi-usb.wit", &renamed(&usb)).map_err(|cause| format!("{cause:#}"))?;
        } else {
            let folder = if folder == SPI { spi.clone() } else { wit.join(folder) };
            resolve.push_path(folder).map_err(|cause| format!("{cause:#}"))?;
        }
    }
    let package = resolve.push_source("source.wit", source).map_err(|cause| format!("{cause:#}"))?;
    encode_package(&resolve, package, world)
}

/// component:usb, in one text.
fn usb_source(folder: &Path, transfers: &Path) -> Result<String, String> {
    let read = |file: &Path| fs::read_to_string(file).map_err(|cause| format!("{}: {cause}", file.display()));
    let transfers = read(transfers)?.replace("package component:usb@0.2.1;", "");
    Ok(format!("{}\n{transfers}", read(&folder.join("usb.wit"))?))
}

/// component:usb under its later name: nothing in it is other but the name of one interface.
fn renamed(usb: &str) -> String {
    let renamed = usb.replace("package component:usb@", "package wasi:usb@");
    renamed.replace("interface usb-hotplug {", "interface hotplug {").replace("import usb-hotplug;", "import hotplug;")
}

/// A world of a package.
///
/// # Errors
///
/// When there is none of this name, or no flattened component can have it.
pub fn encode_package(resolve: &Resolve, package: PackageId, world: &str) -> Result<Vec<u8>, String> {
    let world = resolve.select_world(&[package], Some(world)).map_err(|cause| format!("{cause:#}"))?;
    encode_world(resolve, world)
}

/// Encodes a world. Everything that it names has to be something that a flattened component can have.
///
/// # Errors
///
/// What of it cannot be.
fn encode_world(resolve: &Resolve, world: WorldId) -> Result<Vec<u8>, String> {
    let mut encoder = Encoder::new(resolve, world);
    let world = &resolve.worlds[world];
    let imports = encoder.externs(world.imports.iter());
    let exports = encoder.externs(world.exports.iter());
    let imported = encoder.functions(world.imports.iter())?;
    let exported = encoder.functions(world.exports.iter())?;
    let mut bytes = vec![VERSION];
    for part in [imports, exports, vector(&encoder.resources), vector(&encoder.types), imported, exported] {
        bytes.extend(part);
    }
    Ok(bytes)
}

struct Encoder<'a> {
    resolve: &'a Resolve,
    world: WorldId,
    resources: Vec<Vec<u8>>,
    known_resources: HashMap<TypeId, u32>,
    types: Vec<Vec<u8>>,
    known_types: HashMap<Vec<u8>, u32>,
}

impl<'a> Encoder<'a> {
    fn new(resolve: &'a Resolve, world: WorldId) -> Self {
        Self {
            resolve,
            world,
            resources: Vec::new(),
            known_resources: HashMap::new(),
            types: Vec::new(),
            known_types: HashMap::new(),
        }
    }

    fn externs<'b>(&self, items: impl Iterator<Item = (&'b WorldKey, &'b WorldItem)>) -> Vec<u8> {
        let externs = items.map(|(key, item)| {
            let kind = match item {
                WorldItem::Function(_) => 0x01,
                WorldItem::Type { .. } => 0x03,
                WorldItem::Interface { .. } => 0x05,
            };
            let mut bytes = vec![kind];
            bytes.extend(name(&self.name_of(key)));
            bytes
        });
        vector(&externs.collect::<Vec<_>>())
    }

    /// The functions of the interfaces among these items, and those that stand by themselves.
    fn functions<'b>(&mut self, items: impl Iterator<Item = (&'b WorldKey, &'b WorldItem)>) -> Result<Vec<u8>, String> {
        let mut functions = Vec::new();
        for (key, item) in items {
            match item {
                WorldItem::Function(function) => functions.push(self.function("", function)?),
                WorldItem::Interface { id, .. } => {
                    let place = self.name_of(key);
                    for function in self.resolve.interfaces[*id].functions.values() {
                        functions.push(self.function(&place, function)?);
                    }
                }
                WorldItem::Type { .. } => {}
            }
        }
        Ok(vector(&functions))
    }

    fn function(&mut self, interface: &str, function: &wit_parser::Function) -> Result<Vec<u8>, String> {
        let mut bytes = name(interface);
        bytes.extend(name(&function.name));
        let mut parameters = Vec::new();
        for parameter in &function.params {
            let mut bytes = name(&parameter.name);
            bytes.extend(self.value_type(parameter.ty)?);
            parameters.push(bytes);
        }
        bytes.extend(vector(&parameters));
        bytes.extend(self.option(function.result)?);
        Ok(bytes)
    }

    fn option(&mut self, value_type: Option<Type>) -> Result<Vec<u8>, String> {
        let Some(value_type) = value_type else { return Ok(vec![0x00]) };
        let mut bytes = vec![0x01];
        bytes.extend(self.value_type(value_type)?);
        Ok(bytes)
    }

    fn value_type(&mut self, value_type: Type) -> Result<Vec<u8>, String> {
        let byte = match value_type {
            Type::Bool => 0x7f,
            Type::S8 => 0x7e,
            Type::U8 => 0x7d,
            Type::S16 => 0x7c,
            Type::U16 => 0x7b,
            Type::S32 => 0x7a,
            Type::U32 => 0x79,
            Type::S64 => 0x78,
            Type::U64 => 0x77,
            Type::F32 => 0x76,
            Type::F64 => 0x75,
            Type::Char => 0x74,
            Type::String => 0x73,
            Type::Id(id) => return self.defined(id),
            Type::ErrorContext => return Err("an error-context".to_owned()),
        };
        Ok(vec![byte])
    }

    fn defined(&mut self, id: TypeId) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        match &self.resolve.types[id].kind {
            TypeDefKind::Type(other) => return self.value_type(*other),
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter().map(|field| self.named(&field.name, field.ty));
                let fields = fields.collect::<Result<Vec<_>, _>>()?;
                bytes.push(0x72);
                bytes.extend(vector(&fields));
            }
            TypeDefKind::Variant(variant) => {
                let mut cases = Vec::new();
                for case in &variant.cases {
                    let mut bytes = name(&case.name);
                    bytes.extend(self.option(case.ty)?);
                    cases.push(bytes);
                }
                bytes.push(0x71);
                bytes.extend(vector(&cases));
            }
            TypeDefKind::List(element) => {
                bytes.push(0x70);
                bytes.extend(self.value_type(*element)?);
            }
            TypeDefKind::Tuple(tuple) => {
                let parts = tuple.types.iter().map(|part| self.value_type(*part)).collect::<Result<Vec<_>, _>>()?;
                bytes.push(0x6f);
                bytes.extend(vector(&parts));
            }
            TypeDefKind::Flags(flags) => {
                bytes.push(0x6e);
                bytes.extend(vector(&flags.flags.iter().map(|flag| name(&flag.name)).collect::<Vec<_>>()));
            }
            TypeDefKind::Enum(cases) => {
                bytes.push(0x6d);
                bytes.extend(vector(&cases.cases.iter().map(|case| name(&case.name)).collect::<Vec<_>>()));
            }
            TypeDefKind::Option(some) => {
                bytes.push(0x6b);
                bytes.extend(self.value_type(*some)?);
            }
            TypeDefKind::Result(result) => {
                bytes.push(0x6a);
                bytes.extend(self.option(result.ok)?);
                bytes.extend(self.option(result.err)?);
            }
            TypeDefKind::Handle(Handle::Own(resource)) => {
                bytes.push(0x69);
                bytes.extend(number(self.resource(*resource)?));
            }
            TypeDefKind::Handle(Handle::Borrow(resource)) => {
                bytes.push(0x68);
                bytes.extend(number(self.resource(*resource)?));
            }
            // A resource by its name, as a type, is one that is owned.
            TypeDefKind::Resource => {
                bytes.push(0x69);
                bytes.extend(number(self.resource(id)?));
            }
            other => return Err(format!("a {}", other.as_str())),
        }
        let next = self.types.len() as u32;
        let index = *self.known_types.entry(bytes.clone()).or_insert(next);
        if index == next {
            self.types.push(bytes);
        }
        let mut reference = vec![0x00];
        reference.extend(number(index));
        Ok(reference)
    }

    fn named(&mut self, field: &str, value_type: Type) -> Result<Vec<u8>, String> {
        let mut bytes = name(field);
        bytes.extend(self.value_type(value_type)?);
        Ok(bytes)
    }

    fn resource(&mut self, id: TypeId) -> Result<u32, String> {
        let definition = &self.resolve.types[id];
        if let TypeDefKind::Type(Type::Id(other)) = definition.kind {
            return self.resource(other);
        }
        if let Some(index) = self.known_resources.get(&id) {
            return Ok(*index);
        }
        let TypeOwner::Interface(interface) = definition.owner else {
            return Err("a resource of no interface".to_owned());
        };
        let mut place = name(&self.resolve.id_of(interface).ok_or("a resource of an interface without a name")?);
        place.extend(name(definition.name.as_deref().unwrap_or_default()));
        let exports = &self.resolve.worlds[self.world].exports;
        let own = exports.contains_key(&WorldKey::Interface(interface));
        let mut bytes = vec![u8::from(own)];
        bytes.extend(if own { vector(&[place]) } else { place });
        let index = self.resources.len() as u32;
        self.resources.push(bytes);
        self.known_resources.insert(id, index);
        Ok(index)
    }

    fn name_of(&self, key: &WorldKey) -> String {
        match key {
            WorldKey::Name(name) => name.clone(),
            WorldKey::Interface(id) => self.resolve.id_of(*id).unwrap_or_default(),
        }
    }
}

fn vector(elements: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = number(elements.len() as u32);
    bytes.extend(elements.iter().flatten());
    bytes
}

/// A text, after its length.
pub fn name(text: &str) -> Vec<u8> {
    let mut bytes = number(text.len() as u32);
    bytes.extend(text.as_bytes());
    bytes
}

/// An unsigned LEB128 number.
pub fn number(mut number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
