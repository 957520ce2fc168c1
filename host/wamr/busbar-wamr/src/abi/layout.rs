//! How values of each type lie in a memory and in the parameters of core functions: CanonicalABI.md, "Alignment", "Element Size"
//! and "Flattening".

use crate::flattened::{DefinedType, FunctionType, Interface, ValueType};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// What a core function takes or gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flat {
    I32,
    I64,
    F32,
    F64,
}

/// CanonicalABI.md, MAX_FLAT_PARAMS: more of them are passed through the memory.
pub const MOST_FLAT_PARAMETERS: usize = 16;
/// CanonicalABI.md, MAX_FLAT_RESULTS.
pub const MOST_FLAT_RESULTS: usize = 1;

/// Of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// In bytes.
    pub size: u32,
    /// 1, 2, 4 or 8.
    pub alignment: u32,
    /// None where there are more than are ever passed by themselves.
    pub flat: Option<Vec<Flat>>,
}

/// What of a function goes through the memory, and the core function that it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The parameters stand in the memory, as a tuple, and the core function gets where.
    pub indirect_parameters: bool,
    /// Likewise for the result.
    pub indirect_result: bool,
    pub parameters: Vec<Flat>,
    pub results: Vec<Flat>,
}

/// Whose function it is: which one of the two gives the place of an indirect result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A function of the host that the guest calls, `lower`: the guest says where the result goes, by one more parameter.
    Import,
    /// A function of the guest that the host calls, `lift`: it gives where its result is.
    Export,
}

/// The layouts of all types of an interface.
#[derive(Debug)]
pub struct Layouts(Vec<Layout>);

impl Layouts {
    /// The error says what is wrong, as what comes after "its interface".
    pub fn of(interface: &Interface) -> Result<Self, String> {
        let mut layouts = Self(Vec::with_capacity(interface.types.len()));
        for defined in &interface.types {
            let layout = layouts.of_defined(defined).ok_or("has a type that no memory holds")?;
            layouts.0.push(layout);
        }
        Ok(layouts)
    }

    /// That of a type.
    pub fn get(&self, value_type: ValueType) -> Layout {
        let primitive = |size, flat| Layout { size, alignment: size, flat: Some(vec![flat]) };
        match value_type {
            ValueType::Bool | ValueType::S8 | ValueType::U8 => primitive(1, Flat::I32),
            ValueType::S16 | ValueType::U16 => primitive(2, Flat::I32),
            ValueType::S32 | ValueType::U32 | ValueType::Char => primitive(4, Flat::I32),
            ValueType::S64 | ValueType::U64 => primitive(8, Flat::I64),
            ValueType::F32 => primitive(4, Flat::F32),
            ValueType::F64 => primitive(8, Flat::F64),
            ValueType::String => pointer_and_length(),
            ValueType::Defined(index) => self.0[index].clone(),
        }
    }

    /// That of a tuple of types; none where no memory holds it.
    pub fn of_tuple(&self, value_types: &[ValueType]) -> Option<Layout> {
        self.of_fields(value_types.iter().copied())
    }

    /// How a function is called.
    pub fn signature(&self, function: &FunctionType, direction: Direction) -> Signature {
        let parameters = function.parameters.iter().map(|(_, each)| self.get(*each).flat);
        let parameters = concatenated(parameters, MOST_FLAT_PARAMETERS);
        let result = function.result.map_or(Some(Vec::new()), |each| self.get(each).flat);
        let result = result.filter(|flat| flat.len() <= MOST_FLAT_RESULTS);
        let (indirect_parameters, indirect_result) = (parameters.is_none(), result.is_none());
        let mut parameters = parameters.unwrap_or_else(|| vec![Flat::I32]);
        let results = match (result, direction) {
            (Some(result), _) => result,
            (None, Direction::Export) => vec![Flat::I32],
            (None, Direction::Import) => {
                parameters.push(Flat::I32);
                Vec::new()
            }
        };
        Signature { indirect_parameters, indirect_result, parameters, results }
    }

    fn of_defined(&self, defined: &DefinedType) -> Option<Layout> {
        match defined {
            DefinedType::Record(fields) => self.of_fields(fields.iter().map(|(_, field)| *field)),
            DefinedType::Tuple(fields) => self.of_fields(fields.iter().copied()),
            DefinedType::Variant(cases) => self.of_cases(cases.iter().map(|(_, payload)| *payload)),
            DefinedType::Enum(cases) => self.of_cases(cases.iter().map(|_| None)),
            DefinedType::Option(some) => self.of_cases([None, Some(*some)].into_iter()),
            DefinedType::Result { ok, error } => self.of_cases([*ok, *error].into_iter()),
            DefinedType::List(_) => Some(pointer_and_length()),
            DefinedType::Flags(names) => {
                let size = flags_size(names.len());
                Some(Layout { size, alignment: size, flat: Some(vec![Flat::I32]) })
            }
            DefinedType::Own(_) | DefinedType::Borrow(_) => {
                Some(Layout { size: 4, alignment: 4, flat: Some(vec![Flat::I32]) })
            }
        }
    }

    fn of_fields(&self, fields: impl Iterator<Item = ValueType>) -> Option<Layout> {
        let (mut size, mut alignment, mut flat) = (0u32, 1, Vec::new());
        for field in fields {
            let field = self.get(field);
            size = aligned(size, field.alignment)?.checked_add(field.size)?;
            alignment = alignment.max(field.alignment);
            flat.push(field.flat);
        }
        let flat = concatenated(flat.into_iter(), MOST_FLAT_PARAMETERS);
        Some(Layout { size: aligned(size, alignment)?, alignment, flat })
    }

    fn of_cases(&self, cases: impl ExactSizeIterator<Item = Option<ValueType>>) -> Option<Layout> {
        let discriminant = discriminant_size(cases.len());
        let (mut size, mut alignment) = (0, 1);
        let mut flat = Some(vec![Flat::I32]);
        for payload in cases.flatten() {
            let payload = self.get(payload);
            (size, alignment) = (payload.size.max(size), payload.alignment.max(alignment));
            flat = flat.zip(payload.flat).and_then(|(flat, payload)| joined(flat, &payload));
        }
        let size = aligned(discriminant, alignment)?.checked_add(size)?;
        let alignment = alignment.max(discriminant);
        Some(Layout { size: aligned(size, alignment)?, alignment, flat })
    }
}

/// Of a string or a list.
fn pointer_and_length() -> Layout {
    Layout { size: 8, alignment: 4, flat: Some(vec![Flat::I32, Flat::I32]) }
}

/// The next place with an alignment.
pub fn aligned(place: u32, alignment: u32) -> Option<u32> {
    Some(place.checked_add(alignment - 1)? & !(alignment - 1))
}

/// CanonicalABI.md, discriminant_type: in bytes.
pub fn discriminant_size(cases: usize) -> u32 {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

/// Of 1 to 32 flags, in bytes.
pub fn flags_size(flags: usize) -> u32 {
    match flags {
        0..=8 => 1,
        9..=16 => 2,
        _ => 4,
    }
}

fn concatenated(parts: impl Iterator<Item = Option<Vec<Flat>>>, most: usize) -> Option<Vec<Flat>> {
    let mut all = Vec::new();
    for part in parts {
        all.extend(part?);
        if all.len() > most {
            return None;
        }
    }
    Some(all)
}

/// CanonicalABI.md, flatten_variant: after the discriminant, what holds each of the payloads.
fn joined(mut flat: Vec<Flat>, payload: &[Flat]) -> Option<Vec<Flat>> {
    for (index, each) in payload.iter().enumerate() {
        match flat.get_mut(index + 1) {
            Some(known) => *known = join(*known, *each),
            None => flat.push(*each),
        }
    }
    (flat.len() <= MOST_FLAT_PARAMETERS).then_some(flat)
}

/// CanonicalABI.md, join.
fn join(one: Flat, other: Flat) -> Flat {
    match (one, other) {
        _ if one == other => one,
        (Flat::I32, Flat::F32) | (Flat::F32, Flat::I32) => Flat::I32,
        _ => Flat::I64,
    }
}
