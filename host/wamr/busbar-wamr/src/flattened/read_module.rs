use super::module::{CoreFunction, Flattened};
use super::read_interface::read_interface;
use crate::abi::{Flat, Layouts};
use busbar_core::digest::hexadecimal;
use busbar_core::text::printable;
use wasmparser::{
    BinaryReaderError, ExternalKind, FuncType, Parser, Payload, TypeRef, ValType, ValidPayload, Validator,
    WasmFeatures, types::Types,
};

/// What a flattened component needs beyond WebAssembly 1.0, and all that it may.
const MODULE_FEATURES: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::BULK_MEMORY);

/// The custom section with the digest of the component.
const COMPONENT_SECTION: &str = "busbar:component";
/// The custom section with its interface.
const INTERFACE_SECTION: &str = "busbar:interface";
const DIGEST_LENGTH: usize = 32;
/// A driver has a dozen imports; each is looked for among what the host and the interface have.
const MOST_IMPORTS: usize = 1_000;
/// What an element of a table counts as.
const ELEMENT_BYTES: u64 = 8;
const PAGE_BYTES: u64 = 64 << 10;
/// What is told of why a module is not valid, in UTF-16 code units.
const LONGEST_REASON: usize = 200;

impl Flattened {
    /// Reads a module and checks all of it. Nothing of it runs. The error says what is wrong, as what comes after the file's
    /// name: "is no flattened component".
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut validator = Validator::new_with_features(MODULE_FEATURES);
        let types = validator.validate_all(bytes).map_err(malformed)?;
        Self::of_valid(bytes, &types)
    }

    /// [`Self::read`] of a module that was checked before: of its functions, only the types are looked at.
    pub fn read_again(bytes: &[u8]) -> Result<Self, String> {
        let mut validator = Validator::new_with_features(MODULE_FEATURES);
        for payload in Parser::new(0).parse_all(bytes) {
            if let ValidPayload::End(types) = validator.payload(&payload.map_err(malformed)?).map_err(malformed)? {
                return Self::of_valid(bytes, &types);
            }
        }
        Err("is cut off".to_owned())
    }

    /// Refuses one that was made of another component than that of this SHA-256; none where the component is not there. The error is
    /// as that of [`Self::read`].
    pub fn require_component(&self, digest: Option<&str>) -> Result<(), &'static str> {
        match digest {
            Some(digest) if digest != self.component_digest => Err("was made of another component"),
            _ => Ok(()),
        }
    }

    fn of_valid(bytes: &[u8], types: &Types) -> Result<Self, String> {
        let mut read = Sections::default();
        for payload in Parser::new(0).parse_all(bytes) {
            read.take(&payload.map_err(malformed)?).map_err(malformed)?;
        }
        if read.imports.len() > MOST_IMPORTS {
            return Err(format!("imports {} functions, and {MOST_IMPORTS} is the most", read.imports.len()));
        }
        let section = read.interface.ok_or("is no flattened component: make it with \"busbar flatten\"")?;
        let digest = read.component.filter(|digest| digest.len() == DIGEST_LENGTH);
        let digest = digest.ok_or("does not say which component it was made of")?;
        let interface = read_interface(section).map_err(its_interface)?;
        let layouts = Layouts::of(&interface).map_err(its_interface)?;
        let types = types.as_ref();
        let function_of = |index: u32| flat_function(types[types.core_function_at(index)].unwrap_func());
        if read.starts || read.exports.iter().any(|(name, _)| RUN_BY_WAMR.contains(&name.as_str())) {
            return Err("runs when it is instantiated, which no flattened component does".to_owned());
        }
        if read.imports_other {
            return Err("imports what is no function".to_owned());
        }
        let mut imports = Vec::new();
        for (index, (module, name)) in (0..).zip(read.imports) {
            let (parameters, results) = function_of(index).ok_or("imports what is no function of numbers")?;
            imports.push(CoreFunction { module, name, parameters, results });
        }
        let mut exports = Vec::new();
        for (name, index) in read.exports {
            let (parameters, results) = function_of(index).ok_or("exports what is no function of numbers")?;
            exports.push(CoreFunction { module: String::new(), name, parameters, results });
        }
        Ok(Self {
            component_digest: hexadecimal(digest),
            interface,
            layouts,
            imports,
            exports,
            memory_bytes: read.memory_pages.saturating_mul(PAGE_BYTES),
            table_bytes: read.table_elements.saturating_mul(ELEMENT_BYTES),
        })
    }
}

/// WAMR runs what is exported by these names while it makes an instance, as it does a start function: without any limit of ours,
/// and while all others wait.
const RUN_BY_WAMR: [&str; 2] = ["__post_instantiate", "__wasm_call_ctors"];

/// What is looked at of a module that is valid.
#[derive(Default)]
struct Sections<'a> {
    component: Option<&'a [u8]>,
    interface: Option<&'a [u8]>,
    imports: Vec<(String, String)>,
    exports: Vec<(String, u32)>,
    memory_pages: u64,
    table_elements: u64,
    imports_other: bool,
    /// Whether it has a start function.
    starts: bool,
}

impl<'a> Sections<'a> {
    fn take(&mut self, payload: &Payload<'a>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::CustomSection(section) => match section.name() {
                COMPONENT_SECTION => self.component = self.component.or(Some(section.data())),
                INTERFACE_SECTION => self.interface = self.interface.or(Some(section.data())),
                _ => {}
            },
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    let import = import?;
                    self.imports_other |= !matches!(import.ty, TypeRef::Func(_));
                    self.imports.push((import.module.to_owned(), import.name.to_owned()));
                }
            }
            Payload::ExportSection(section) => {
                for export in section.clone() {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.exports.push((export.name.to_owned(), export.index));
                    }
                }
            }
            Payload::MemorySection(section) => {
                for memory in section.clone() {
                    self.memory_pages = memory?.initial;
                }
            }
            Payload::TableSection(section) => {
                for table in section.clone() {
                    self.table_elements = self.table_elements.saturating_add(table?.ty.initial);
                }
            }
            Payload::StartSection { .. } => self.starts = true,
            _ => {}
        }
        Ok(())
    }
}

/// None where it takes or gives anything but numbers.
fn flat_function(function: &FuncType) -> Option<(Vec<Flat>, Vec<Flat>)> {
    let flat = |each: &ValType| match each {
        ValType::I32 => Some(Flat::I32),
        ValType::I64 => Some(Flat::I64),
        ValType::F32 => Some(Flat::F32),
        ValType::F64 => Some(Flat::F64),
        _ => None,
    };
    let parameters = function.params().iter().map(flat).collect::<Option<_>>()?;
    let results = function.results().iter().map(flat).collect::<Option<_>>()?;
    Some((parameters, results))
}

fn malformed(error: BinaryReaderError) -> String {
    format!(
        "is no module that this host runs ({} at byte {})",
        printable(error.message(), LONGEST_REASON),
        error.offset()
    )
}

fn its_interface(what: String) -> String {
    format!("is no flattened component: its interface {what}")
}
