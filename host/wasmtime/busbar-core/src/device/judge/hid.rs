use super::READ;
use crate::device::{DeviceError, FieldForm, Told, require_description, require_report};

/// As it came from the device.
pub const REPORT_DESCRIPTOR: &str = "[method]device.report-descriptor";
/// What its fields are in.
pub const COLLECTIONS: &str = "[method]device.collections";
/// What its reports are made of.
pub const FIELDS: &str = "[method]device.fields";

/// Gives how many fields there are.
pub fn describe<'a, T: Told<'a>>(
    device: &str,
    [descriptor, collections, fields]: [T; 3],
) -> Result<Option<usize>, DeviceError> {
    let told = (descriptor.length(), collections.all(parent), fields.all(field));
    let (Some(descriptor), Some(parents), Some(fields)) = told else { return Ok(None) };
    require_description(device, descriptor, &parents, &fields)?;
    Ok(Some(fields.len()))
}

pub fn require<'a, T: Told<'a>>(
    device: &str,
    method: &str,
    fields: usize,
    answer: T,
) -> Result<Option<()>, DeviceError> {
    let report = match method {
        READ => answer.given().and_then(|report| option(report, values)),
        "[method]device.get" => answer.given().and_then(values).map(Some),
        _ => return Ok(Some(())),
    };
    let Some(report) = report else { return Ok(None) };
    require_report(device, fields, report.into_iter().flatten()).map(Some)
}

fn parent<'a>(collection: impl Told<'a>) -> Option<Option<u32>> {
    option(collection.field("parent")?, Told::small)
}

fn field<'a>(field: impl Told<'a>) -> Option<FieldForm> {
    Some(FieldForm {
        bit_offset: field.field("bit-offset")?.small()?,
        bit_size: u8::try_from(field.field("bit-size")?.whole()?).ok()?,
        count: field.field("count")?.small()?,
        ranges: [
            field.field("logical-minimum")?.double()?,
            field.field("logical-maximum")?.double()?,
            field.field("physical-minimum")?.double()?,
            field.field("physical-maximum")?.double()?,
        ],
        collection: option(field.field("collection")?, Told::small)?,
    })
}

fn values<'a>(report: impl Told<'a>) -> Option<Vec<(u32, Option<f64>)>> {
    report
        .field("values")?
        .all(|value| Some((value.field("field")?.small()?, option(value.field("number")?, Told::double)?)))
}

/// What an option has, read by `read`.
fn option<'a, T: Told<'a>, Read>(value: T, read: impl FnOnce(T) -> Option<Read>) -> Option<Option<Read>> {
    match value.option()? {
        Some(value) => read(value).map(Some),
        None => Some(None),
    }
}
