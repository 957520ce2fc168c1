use super::fields::{Fields, double, given, list, option, whole};
use crate::app::devices::shape::READ;
use crate::device::{DeviceError, FieldForm, require_description, require_report};
use wasmtime::component::Val;

/// As it came from the device.
pub const REPORT_DESCRIPTOR: &str = "[method]device.report-descriptor";
/// What its fields are in.
pub const COLLECTIONS: &str = "[method]device.collections";
/// What its reports are made of.
pub const FIELDS: &str = "[method]device.fields";

/// Gives how many fields there are.
pub fn describe(device: &str, [descriptor, collections, fields]: [&Val; 3]) -> Result<Option<usize>, DeviceError> {
    let parents: Option<Vec<_>> = list(collections).and_then(|collections| collections.iter().map(parent).collect());
    let fields: Option<Vec<_>> = list(fields).and_then(|fields| fields.iter().map(field).collect());
    let (Some(descriptor), Some(parents), Some(fields)) = (list(descriptor), parents, fields) else { return Ok(None) };
    require_description(device, descriptor.len(), &parents, &fields)?;
    Ok(Some(fields.len()))
}

pub fn require(device: &str, method: &str, fields: usize, answer: &Val) -> Result<Option<()>, DeviceError> {
    let report = match method {
        READ => given(answer).and_then(|report| option(report, values)),
        "[method]device.get" => given(answer).and_then(values).map(Some),
        _ => return Ok(Some(())),
    };
    let Some(report) = report else { return Ok(None) };
    require_report(device, fields, report.into_iter().flatten()).map(Some)
}

fn parent(collection: &Val) -> Option<Option<u32>> {
    option(Fields::of(collection)?.get("parent")?, index)
}

fn field(value: &Val) -> Option<FieldForm> {
    let fields = Fields::of(value)?;
    Some(FieldForm {
        bit_offset: fields.small("bit-offset")?,
        bit_size: u8::try_from(fields.whole("bit-size")?).ok()?,
        count: fields.small("count")?,
        ranges: [
            fields.double("logical-minimum")?,
            fields.double("logical-maximum")?,
            fields.double("physical-minimum")?,
            fields.double("physical-maximum")?,
        ],
        collection: option(fields.get("collection")?, index)?,
    })
}

fn values(report: &Val) -> Option<Vec<(u32, Option<f64>)>> {
    list(Fields::of(report)?.get("values")?)?.iter().map(value_of).collect()
}

fn value_of(value: &Val) -> Option<(u32, Option<f64>)> {
    let fields = Fields::of(value)?;
    Some((fields.small("field")?, option(fields.get("number")?, double)?))
}

fn index(value: &Val) -> Option<u32> {
    u32::try_from(whole(value)?).ok()
}
