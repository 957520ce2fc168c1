//! wasi:filesystem: the one folder that the board gives an app, if any, and nothing beside it.

use super::clocks::datetime;
use super::io::{IoFailure, drop_resource, resource};
use crate::abi::{Flags, IntoValue, Value, fields, list, take};
use crate::app::context::AppState;
use crate::component::{Answered, HostFunction, Parameters};
use crate::trap::Trap;
use busbar_core::app::{Descriptor, DescriptorUse, Opened, Opening, folder_time, metadata_hash};
use busbar_core::folder::{FileType, FolderEntries, FolderEntry, FolderError, FolderStat, FolderTime};

const PREOPENS: &str = "wasi:filesystem/preopens";
const TYPES: &str = "wasi:filesystem/types";

/// `error-code`: those that can be answered, with their numbers and names.
const ERROR_CODES: [(FolderError, u32, &str); 19] = [
    (FolderError::Access, 0, "access"),
    (FolderError::BadDescriptor, 3, "bad-descriptor"),
    (FolderError::Busy, 4, "busy"),
    (FolderError::Quota, 6, "quota"),
    (FolderError::Exist, 7, "exist"),
    (FolderError::FileTooLarge, 8, "file-too-large"),
    (FolderError::IllegalByteSequence, 9, "illegal-byte-sequence"),
    (FolderError::Invalid, 12, "invalid"),
    (FolderError::Io, 13, "io"),
    (FolderError::IsDirectory, 14, "is-directory"),
    (FolderError::Loop, 15, "loop"),
    (FolderError::NameTooLong, 18, "name-too-long"),
    (FolderError::NoEntry, 20, "no-entry"),
    (FolderError::InsufficientSpace, 23, "insufficient-space"),
    (FolderError::NotDirectory, 24, "not-directory"),
    (FolderError::NotEmpty, 25, "not-empty"),
    (FolderError::NotPermitted, 31, "not-permitted"),
    (FolderError::ReadOnly, 33, "read-only"),
    (FolderError::CrossDevice, 36, "cross-device"),
];

/// The functions of these interfaces.
pub fn functions() -> Vec<HostFunction<AppState>> {
    let mut functions = vec![
        HostFunction::new(PREOPENS, "get-directories", directories),
        HostFunction::new(TYPES, "filesystem-error-code", filesystem_error_code),
        HostFunction::new(TYPES, "[method]directory-entry-stream.read-directory-entry", next_entry),
        HostFunction::new(TYPES, "[resource-drop]descriptor", drop_resource::<Descriptor>),
        HostFunction::new(TYPES, "[resource-drop]directory-entry-stream", drop_resource::<Opened<FolderEntries>>),
    ];
    functions.extend(file_functions());
    functions.extend(folder_functions());
    functions
}

/// What is asked of a descriptor itself.
fn file_functions() -> Vec<HostFunction<AppState>> {
    vec![
        method("[method]descriptor.read-via-stream", |state, descriptor, parameters| {
            let stream = descriptor.read_via_stream(take(parameters)?);
            Ok(stream.map(|stream| Some(state.table.push(stream))))
        }),
        method("[method]descriptor.write-via-stream", |state, descriptor, parameters| {
            let stream = descriptor.write_via_stream(Some(take(parameters)?));
            Ok(stream.map(|stream| Some(state.table.push(stream))))
        }),
        method("[method]descriptor.append-via-stream", |state, descriptor, _| {
            Ok(descriptor.write_via_stream(None).map(|stream| Some(state.table.push(stream))))
        }),
        method("[method]descriptor.advise", |_, descriptor, _| Ok(done(descriptor.advise()))),
        method("[method]descriptor.sync-data", |_, descriptor, _| Ok(done(descriptor.sync()))),
        method("[method]descriptor.sync", |_, descriptor, _| Ok(done(descriptor.sync()))),
        method("[method]descriptor.get-flags", |_, descriptor, _| Ok(Ok(Some(flags(descriptor.flags()))))),
        method("[method]descriptor.get-type", |_, descriptor, _| {
            Ok(descriptor.stat().map(|stat| Some(type_of(stat.file_type))))
        }),
        method("[method]descriptor.set-size", |_, descriptor, parameters| {
            Ok(done(descriptor.set_size(take(parameters)?)))
        }),
        method("[method]descriptor.set-times", |_, descriptor, parameters| {
            let times = times(parameters)?;
            Ok(done(descriptor.set_times(|| times)))
        }),
        method("[method]descriptor.read", |_, descriptor, parameters| {
            let (length, offset) = (take(parameters)?, take(parameters)?);
            let record =
                |(bytes, is_end): (Vec<u8>, bool)| Value::Record(vec![bytes.into_value(), is_end.into_value()]);
            Ok(descriptor.read(length, offset).map(|read| Some(record(read))))
        }),
        method("[method]descriptor.write", |_, descriptor, parameters| {
            let buffer: Vec<u8> = take(parameters)?;
            let written = descriptor.write(&buffer, take(parameters)?);
            Ok(written.map(|count| Some(count.into_value())))
        }),
        method("[method]descriptor.read-directory", |state, descriptor, _| {
            Ok(descriptor.entries().map(|entries| Some(state.table.push(entries))))
        }),
        method("[method]descriptor.stat", |_, descriptor, _| {
            Ok(descriptor.stat().map(|stat| Some(stat_record(&stat))))
        }),
        HostFunction::new(TYPES, "[method]descriptor.is-same-object", is_same),
        method("[method]descriptor.metadata-hash", |_, descriptor, _| {
            Ok(descriptor.stat().map(|stat| Some(hash_record(&stat))))
        }),
    ]
}

/// What is asked of a path below a descriptor.
fn folder_functions() -> Vec<HostFunction<AppState>> {
    vec![
        method("[method]descriptor.create-directory-at", |_, descriptor, parameters| {
            Ok(done(descriptor.create_directory(&path(parameters)?)))
        }),
        method("[method]descriptor.stat-at", |_, descriptor, parameters| {
            let stat = descriptor.stat_at(&path_after_flags(parameters)?);
            Ok(stat.map(|stat| Some(stat_record(&stat))))
        }),
        method("[method]descriptor.set-times-at", |_, descriptor, parameters| {
            let path = path_after_flags(parameters)?;
            let times = times(parameters)?;
            Ok(done(descriptor.set_times_at(&path, || times)))
        }),
        method("[method]descriptor.link-at", |_, descriptor, parameters| {
            Ok(Err(descriptor.refuse_link(&path_after_flags(parameters)?)))
        }),
        method("[method]descriptor.open-at", |state, descriptor, parameters| {
            let path = path_after_flags(parameters)?;
            let (open, flags): (Flags, Flags) = (take(parameters)?, take(parameters)?);
            let opening = Opening {
                create: open.has(0),
                directory: open.has(1),
                exclusive: open.has(2),
                truncate: open.has(3),
                read: flags.has(READ),
                write: flags.has(WRITE),
            };
            Ok(descriptor.open_at(&path, opening).map(|opened| Some(state.table.push(opened))))
        }),
        method("[method]descriptor.readlink-at", |_, descriptor, parameters| {
            Ok(Err(descriptor.read_link(&path(parameters)?)))
        }),
        method("[method]descriptor.remove-directory-at", |_, descriptor, parameters| {
            Ok(done(descriptor.remove_directory(&path(parameters)?)))
        }),
        method("[method]descriptor.rename-at", |state, descriptor, parameters| {
            let old_path = path(parameters)?;
            let other: Descriptor = resource(state, parameters)?;
            Ok(done(descriptor.rename(&old_path, &other, &path(parameters)?)))
        }),
        method("[method]descriptor.symlink-at", |_, descriptor, parameters| {
            let _old_path = path(parameters)?;
            Ok(Err(descriptor.refuse_link(&path(parameters)?)))
        }),
        method("[method]descriptor.unlink-file-at", |_, descriptor, parameters| {
            Ok(done(descriptor.unlink(&path(parameters)?)))
        }),
        method("[method]descriptor.metadata-hash-at", |_, descriptor, parameters| {
            let stat = descriptor.stat_at(&path_after_flags(parameters)?);
            Ok(stat.map(|stat| Some(hash_record(&stat))))
        }),
    ]
}

type Given = Result<Option<Value>, FolderError>;

/// A method of a descriptor that can fail.
fn method(
    name: &'static str,
    method: impl Fn(&mut AppState, Descriptor, &mut Parameters) -> Result<Given, Trap> + Send + Sync + 'static,
) -> HostFunction<AppState> {
    HostFunction::new(TYPES, name, move |state: &mut AppState, parameters: &mut Parameters| {
        let descriptor = resource(state, parameters)?;
        let given = method(state, descriptor, parameters)?;
        Ok(Some(given.map_or_else(|error| Value::error(Some(error_code(error))), Value::ok)))
    })
}

fn directories(state: &mut AppState, _: &mut Parameters) -> Answered {
    let Some(folder) = state.folder.clone() else { return Ok(Some(list::<Value>([]))) };
    let root = state.table.push(Descriptor::root(folder));
    Ok(Some(list([Value::Record(vec![root, "/".to_owned().into_value()])])))
}

fn filesystem_error_code(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let IoFailure(error) = resource(state, parameters)?;
    Ok(Some(Some(error_code(error)).into_value()))
}

fn next_entry(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let entries: &mut Opened<FolderEntries> = state.table.get_mut(take(parameters)?)?;
    let record =
        |FolderEntry { file_type, name }: FolderEntry| Value::Record(vec![type_of(file_type), name.into_value()]);
    let entry = entries.next_entry().map(|entry| Some(entry.map(record).into_value()));
    Ok(Some(entry.map_or_else(|error| Value::error(Some(error_code(error))), Value::ok)))
}

fn is_same(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let (one, other): (Descriptor, Descriptor) = (resource(state, parameters)?, resource(state, parameters)?);
    Ok(Some(one.is_same(&other).into_value()))
}

fn done(done: Result<(), FolderError>) -> Given {
    done.map(|()| None)
}

fn path(parameters: &mut Parameters) -> Result<String, Trap> {
    take(parameters)
}

fn path_after_flags(parameters: &mut Parameters) -> Result<String, Trap> {
    let _flags: Flags = take(parameters)?;
    take(parameters)
}

/// Of the last access, and of the last change.
fn times(parameters: &mut Parameters) -> Result<Result<(FolderTime, FolderTime), FolderError>, Trap> {
    let (access, modification) = (time(take(parameters)?)?, time(take(parameters)?)?);
    Ok(access.and_then(|access| Ok((access, modification?))))
}

/// `new-timestamp`.
fn time(value: Value) -> Result<Result<FolderTime, FolderError>, Trap> {
    match value {
        Value::Variant(0, None) => Ok(Ok(FolderTime::Unchanged)),
        Value::Variant(1, None) => Ok(Ok(FolderTime::Now)),
        Value::Variant(2, Some(time)) => {
            let [seconds, nanoseconds] = fields(*time).ok_or_else(Trap::another_type)?;
            let mut time = [seconds, nanoseconds].into_iter();
            Ok(folder_time(take(&mut time)?, take(&mut time)?))
        }
        _ => Err(Trap::another_type()),
    }
}

/// Of `descriptor-flags`.
const READ: u32 = 0;
const WRITE: u32 = 1;
const MUTATE_DIRECTORY: u32 = 5;

fn flags(DescriptorUse { read, write, mutate_directory }: DescriptorUse) -> Value {
    let bit = |is_set: bool, number: u32| u32::from(is_set) << number;
    Value::Flags(bit(read, READ) | bit(write, WRITE) | bit(mutate_directory, MUTATE_DIRECTORY))
}

/// `descriptor-type`.
fn type_of(file_type: FileType) -> Value {
    Value::case(match file_type {
        FileType::Unknown => 0,
        FileType::Directory => 3,
        FileType::SymbolicLink => 5,
        FileType::RegularFile => 6,
    })
}

/// `descriptor-stat`.
fn stat_record(stat: &FolderStat) -> Value {
    Value::Record(vec![
        type_of(stat.file_type),
        stat.links.into_value(),
        stat.size.into_value(),
        Some(datetime(stat.accessed)).into_value(),
        Some(datetime(stat.modified)).into_value(),
        Some(datetime(stat.changed)).into_value(),
    ])
}

/// `metadata-hash-value`.
fn hash_record(stat: &FolderStat) -> Value {
    let (lower, upper) = metadata_hash(stat);
    Value::Record(vec![lower.into_value(), upper.into_value()])
}

fn error_code(error: FolderError) -> Value {
    Value::case(of(error).1)
}

/// The name of an `error-code`.
pub fn error_name(error: FolderError) -> &'static str {
    of(error).2
}

fn of(error: FolderError) -> (FolderError, u32, &'static str) {
    // All are there.
    ERROR_CODES.into_iter().find(|(each, ..)| *each == error).unwrap_or(ERROR_CODES[0])
}

#[cfg(test)]
mod tests {
    use super::ERROR_CODES;
    use crate::flattened::DefinedType;
    use crate::interfaces::system;

    #[test]
    fn everything_has_the_number_that_wit_gives_it() {
        let types = &system().types;
        let enums =
            || types.iter().filter_map(|each| if let DefinedType::Enum(cases) = each { Some(cases) } else { None });
        let codes = |cases: &Vec<String>| {
            ERROR_CODES.iter().all(|(_, number, name)| cases.get(*number as usize).is_some_and(|case| case == name))
        };
        assert!(enums().any(codes));
        let kinds = [(0, "unknown"), (3, "directory"), (5, "symbolic-link"), (6, "regular-file")];
        assert!(enums().any(|cases| {
            kinds.iter().all(|(number, name)| cases.get(*number as usize).is_some_and(|case| case == name))
        }));
        let flags = |wanted: &[(usize, &str)]| {
            types.iter().any(|each| match each {
                DefinedType::Flags(names) => {
                    wanted.iter().all(|(at, name)| names.get(*at).is_some_and(|each| each == name))
                }
                _ => false,
            })
        };
        assert!(flags(&[(0, "read"), (1, "write"), (5, "mutate-directory")]));
        assert!(flags(&[(0, "create"), (1, "directory"), (2, "exclusive"), (3, "truncate")]));
    }
}
