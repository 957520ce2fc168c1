//! What a driver tells of a human interface device, and what has to hold so that a program can use it.

use super::DeviceError;
use super::answer::require_answer;
use crate::text::number;

/// wDescriptorLength of the HID descriptor has 16 bits: HID 1.11 section 6.2.1.
const LONGEST_DESCRIPTOR: usize = 65_535;
/// The bits of a report that a control transfer can carry: wLength has 16 bits (USB 2.0 section 9.3.5).
const LONGEST_REPORT_BITS: u64 = 65_535 * 8;

/// What of a field has to make sense.
#[derive(Debug, Clone)]
pub struct FieldForm {
    pub bit_offset: u32,
    pub bit_size: u8,
    pub count: u32,
    /// Logical minimum and maximum, physical minimum and maximum.
    pub ranges: [f64; 4],
    pub collection: Option<u32>,
}

/// Checks what is told of a device when it is opened: what is numbered is there, and every field fits a report.
/// `descriptor` is the length of its report descriptor in bytes, `parents` are those of its collections.
pub fn require_description(
    device: &str,
    descriptor: usize,
    parents: &[Option<u32>],
    fields: &[FieldForm],
) -> Result<(), DeviceError> {
    require_answer(device, descriptor <= LONGEST_DESCRIPTOR, || {
        format!("gives a report descriptor of {descriptor} bytes, and one has {LONGEST_DESCRIPTOR} at most")
    })?;
    // Each of them takes an item of the descriptor.
    let fits = parents.len() <= LONGEST_DESCRIPTOR && fields.len() <= LONGEST_DESCRIPTOR;
    require_answer(device, fits, || {
        let (collections, fields) = (parents.len(), fields.len());
        format!("lists {collections} collections and {fields} fields, more than a report descriptor holds")
    })?;
    for (index, parent) in parents.iter().enumerate() {
        let Some(parent) = *parent else { continue };
        require_answer(device, (parent as usize) < index, || {
            format!("says that collection {index} is in collection {parent}, which does not come before it")
        })?;
    }
    fields.iter().enumerate().try_for_each(|(index, field)| require_field(device, field, index, parents.len()))
}

fn require_field(device: &str, field: &FieldForm, index: usize, collections: usize) -> Result<(), DeviceError> {
    let FieldForm { bit_offset, bit_size, count, ranges, collection } = field.clone();
    let end = u64::from(bit_offset) + u64::from(bit_size) * u64::from(count);
    require_answer(device, (1..=32).contains(&bit_size) && end <= LONGEST_REPORT_BITS, || {
        format!(
            "says that field {index} has {count} values of {bit_size} bits at bit {bit_offset}, which fit no report"
        )
    })?;
    require_answer(device, ranges.iter().all(|each| each.is_finite() && each.fract() == 0.0), || {
        let ranges = ranges.map(number).join(", ");
        format!("gives the ranges {ranges} for field {index}, which are not whole numbers")
    })?;
    let Some(collection) = collection else { return Ok(()) };
    require_answer(device, (collection as usize) < collections, || {
        format!("says that field {index} is in collection {collection} of {collections}")
    })
}

/// Refuses a report with a value of a field that there is not, or that is no number. The values are the field's number, and
/// what it has.
pub fn require_report(
    device: &str,
    fields: usize,
    values: impl Iterator<Item = (u32, Option<f64>)>,
) -> Result<(), DeviceError> {
    for (field, value) in values {
        require_answer(device, (field as usize) < fields, || {
            format!("gives a value of field {field}, and the device has {fields} fields")
        })?;
        let Some(given) = value else { continue };
        require_answer(device, given.is_finite(), || format!("gives {} for field {field}", number(given)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{FieldForm, require_description, require_report};

    fn field() -> FieldForm {
        FieldForm { bit_offset: 0, bit_size: 8, count: 4, ranges: [0.0, 255.0, 0.0, 255.0], collection: Some(0) }
    }

    fn told(parents: &[Option<u32>], field: FieldForm) -> String {
        let answer = require_description("keys", 0, parents, &[field]);
        answer.err().map(|error| error.message).unwrap_or_default()
    }

    #[test]
    fn a_description_has_to_make_sense() {
        let own = |rest: &str| format!("the driver {rest}; its author has to mend that");
        assert_eq!(told(&[None, Some(0)], field()), "");
        assert_eq!(
            told(&[Some(0)], field()),
            own("says that collection 0 is in collection 0, which does not come before it")
        );
        assert_eq!(told(&[], field()), own("says that field 0 is in collection 0 of 0"));
        for (bit_size, count, bit_offset) in [(0, 1, 0), (33, 1, 0), (32, u32::MAX, u32::MAX)] {
            let wrong = FieldForm { bit_size, count, bit_offset, ..field() };
            let what = format!("says that field 0 has {count} values of {bit_size} bits at bit {bit_offset}");
            assert_eq!(told(&[None], wrong), own(&format!("{what}, which fit no report")));
        }
        assert_eq!(
            told(&[None], FieldForm { ranges: [-0.5, 255.0, 0.0, f64::INFINITY], ..field() }),
            own("gives the ranges -0.5, 255, 0, Infinity for field 0, which are not whole numbers")
        );
    }

    #[test]
    fn a_report_has_values_of_fields_that_there_are() {
        let judged =
            |field, number| require_report("keys", 1, [(field, number)].into_iter()).err().map(|error| error.message);
        assert_eq!(judged(0, Some(1.0)), None);
        assert_eq!(judged(0, None), None);
        let own = |rest: &str| Some(format!("the driver {rest}; its author has to mend that"));
        assert_eq!(judged(1, None), own("gives a value of field 1, and the device has 1 fields"));
        assert_eq!(judged(0, Some(f64::NAN)), own("gives NaN for field 0"));
    }
}
