//! What a driver tells of a human interface device, and what has to hold so that a program can use it.

use super::DeviceError;
use super::hid::{HidCollection, HidField, HidReport};
use crate::text::number;
use busbar_core::device::require_answer;

/// wDescriptorLength of the HID descriptor has 16 bits: HID 1.11 section 6.2.1.
const LONGEST_DESCRIPTOR: usize = 65_535;
/// The bits of a report that a control transfer can carry: wLength has 16 bits (USB 2.0 section 9.3.5).
const LONGEST_REPORT_BITS: u64 = 65_535 * 8;

/// Checks what is told of a device when it is opened: what is numbered is there, and every field fits a report.
pub(super) fn require_description(
    device: &str,
    report_descriptor: &[u8],
    collections: &[HidCollection],
    fields: &[HidField],
) -> Result<(), DeviceError> {
    require_answer(device, report_descriptor.len() <= LONGEST_DESCRIPTOR, || {
        let length = report_descriptor.len();
        format!("gives a report descriptor of {length} bytes, and one has {LONGEST_DESCRIPTOR} at most")
    })?;
    // Each of them takes an item of the descriptor.
    let fits = collections.len() <= LONGEST_DESCRIPTOR && fields.len() <= LONGEST_DESCRIPTOR;
    require_answer(device, fits, || {
        let (collections, fields) = (collections.len(), fields.len());
        format!("lists {collections} collections and {fields} fields, more than a report descriptor holds")
    })?;
    for (index, collection) in collections.iter().enumerate() {
        let Some(parent) = collection.parent else { continue };
        require_answer(device, (parent as usize) < index, || {
            format!("says that collection {index} is in collection {parent}, which does not come before it")
        })?;
    }
    fields.iter().enumerate().try_for_each(|(index, field)| require_field(device, field, index, collections.len()))
}

fn require_field(device: &str, field: &HidField, index: usize, collections: usize) -> Result<(), DeviceError> {
    let HidField { bit_offset, bit_size, count, collection, .. } = *field;
    let end = u64::from(bit_offset) + u64::from(bit_size) * u64::from(count);
    require_answer(device, (1..=32).contains(&bit_size) && end <= LONGEST_REPORT_BITS, || {
        format!(
            "says that field {index} has {count} values of {bit_size} bits at bit {bit_offset}, which fit no report"
        )
    })?;
    let ranges = [field.logical_minimum, field.logical_maximum, field.physical_minimum, field.physical_maximum];
    require_answer(device, ranges.iter().all(|each| each.is_finite() && each.fract() == 0.0), || {
        let ranges = ranges.map(number).join(", ");
        format!("gives the ranges {ranges} for field {index}, which are not whole numbers")
    })?;
    let Some(collection) = collection else { return Ok(()) };
    require_answer(device, (collection as usize) < collections, || {
        format!("says that field {index} is in collection {collection} of {collections}")
    })
}

/// Refuses a report with a value of a field that there is not, or that is no number.
pub(super) fn require_report(device: &str, fields: &[HidField], report: HidReport) -> Result<HidReport, DeviceError> {
    for value in &report.values {
        let field = value.field;
        require_answer(device, (field as usize) < fields.len(), || {
            format!("gives a value of field {field}, and the device has {} fields", fields.len())
        })?;
        let Some(given) = value.number else { continue };
        require_answer(device, given.is_finite(), || format!("gives {} for field {field}", number(given)))?;
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::{require_description, require_report};
    use crate::device::{HidCollection, HidField, HidFieldFlags, HidReport, HidReportKind, HidValue};

    fn field() -> HidField {
        HidField {
            kind: HidReportKind::Input,
            report_id: 0,
            bit_offset: 0,
            bit_size: 8,
            count: 4,
            flags: HidFieldFlags::VARIABLE,
            usages: Vec::new(),
            logical_minimum: 0.0,
            logical_maximum: 255.0,
            physical_minimum: 0.0,
            physical_maximum: 255.0,
            unit: 0,
            unit_exponent: 0,
            collection: Some(0),
        }
    }

    fn told(collections: &[Option<u32>], field: HidField) -> String {
        let collections: Vec<_> =
            collections.iter().map(|parent| HidCollection { kind: 1, usage: 0, parent: *parent }).collect();
        let answer = require_description("keys", &[], &collections, &[field]);
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
            let wrong = HidField { bit_size, count, bit_offset, ..field() };
            let what = format!("says that field 0 has {count} values of {bit_size} bits at bit {bit_offset}");
            assert_eq!(told(&[None], wrong), own(&format!("{what}, which fit no report")));
        }
        assert_eq!(
            told(&[None], HidField { physical_maximum: f64::INFINITY, logical_minimum: -0.5, ..field() }),
            own("gives the ranges -0.5, 255, 0, Infinity for field 0, which are not whole numbers")
        );
    }

    #[test]
    fn a_report_has_values_of_fields_that_there_are() {
        let report = |field, number| HidReport { id: 0, values: vec![HidValue { field, usage: 0, number }] };
        let judged = |report| require_report("keys", &[field()], report).err().map(|error| error.message);
        assert_eq!(judged(report(0, Some(1.0))), None);
        assert_eq!(judged(report(0, None)), None);
        let own = |rest: &str| Some(format!("the driver {rest}; its author has to mend that"));
        assert_eq!(judged(report(1, None)), own("gives a value of field 1, and the device has 1 fields"));
        assert_eq!(judged(report(0, Some(f64::NAN))), own("gives NaN for field 0"));
    }
}
