//! Locks within a process and against hostile files, as host/node/test/locks.test.ts has them; that test also lets a
//! process of this host and one of Node meet.

use super::{DetachedDriver, DeviceLocks, LockUse};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

const NAME: &str = "i2c-1-0x76";
const FILE: &str = "busbar-i2c-1-0x76.lock";

/// A folder of its own, which is gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("busbar-locks-{}-{count}", std::process::id()));
        fs::create_dir(&path).expect("nobody else makes it");
        Self(path)
    }

    /// The locks of one process. Of one that is not this one, as far as the kernel can tell.
    fn locks(&self) -> DeviceLocks {
        DeviceLocks::new(vec![self.0.clone()])
    }

    fn file(&self) -> PathBuf {
        self.0.join(FILE)
    }

    fn left(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("it is there").flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn for_device(device: &str) -> LockUse {
    LockUse { device: Some(device.to_owned()), board: Some("/srv/board.json".to_owned()) }
}

fn this_process() -> String {
    format!("process {} (", std::process::id())
}

#[test]
fn one_device_has_it_any_number_of_times_and_no_other() {
    let folder = Folder::new();
    let locks = folder.locks();
    let first = locks.take(NAME, &for_device("indoor")).expect("it is free");
    let again = locks.take(NAME, &for_device("indoor")).expect("it is the same device");
    let refused = |locks: &DeviceLocks| locks.take(NAME, &for_device("outdoor")).err().map(|holder| holder.to_string());
    assert_eq!(refused(&locks).as_deref(), Some("\"indoor\" of this process (/srv/board.json)"));
    drop(first);
    assert!(refused(&locks).is_some());
    assert_eq!(folder.left(), [FILE]);
    assert!(folder.locks().take("i2c-1-0x77", &for_device("outdoor")).is_ok());
    drop(again);
    assert_eq!(folder.left(), Vec::<String>::new());
    assert_eq!(refused(&locks), None);
}

#[test]
fn another_process_is_told_who_has_it() {
    let folder = Folder::new();
    let lock = folder.locks().take(NAME, &for_device("indoor")).expect("it is free");
    let others = folder.locks();
    let holder = others.holder(NAME).expect("it is taken").to_string();
    assert!(holder.starts_with(&this_process()), "{holder}");
    assert!(holder.ends_with("), as \"indoor\" of /srv/board.json"), "{holder}");
    let refused = others.take(NAME, &for_device("outdoor")).err().map(|holder| holder.to_string());
    assert_eq!(refused, Some(holder));
    let mode = fs::metadata(folder.file()).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    drop(lock);
    assert_eq!(others.holder(NAME), None);
}

#[test]
fn a_file_that_says_something_else_is_held_by_whom_the_kernel_says() {
    let folder = Folder::new();
    let lock = folder.locks().take(NAME, &for_device("indoor")).expect("it is free");
    let long = "x".repeat(100_000);
    let another = r#"{"pid":1,"started":"0","command":"init"}"#;
    for text in ["no JSON", another, r#"{"pid":-1,"started":5}"#, "null", &long] {
        fs::write(folder.file(), text).expect("it is ours");
        let holder = folder.locks().holder(NAME).expect("it is taken").to_string();
        assert!(holder.starts_with(&this_process()), "{holder}");
    }
    drop(lock);
}

#[test]
fn what_others_put_in_its_place_does_not_stop_anybody() {
    let folder = Folder::new();
    let other = Folder::new();
    let victim = folder.0.join("victim");
    fs::write(&victim, "untouched").expect("the folder is ours");
    let two_folders = || DeviceLocks::new(vec![folder.0.clone(), other.0.clone()]);
    let plants: [fn(&Path, &Path); 3] = [
        |file, _| {
            let made = std::process::Command::new("mkfifo").arg(file).status();
            assert!(made.is_ok_and(|status| status.success()));
        },
        |file, victim| symlink(victim, file).expect("the folder is ours"),
        |file, _| fs::create_dir(file).expect("the folder is ours"),
    ];
    for plant in plants {
        plant(&folder.file(), &victim);
        let lock = two_folders().take(NAME, &for_device("indoor")).expect("there is another folder");
        assert_eq!(other.left(), [FILE]);
        let refused = two_folders().take(NAME, &for_device("outdoor")).err().map(|holder| holder.to_string());
        assert!(refused.is_some_and(|holder| holder.starts_with(&this_process())));
        drop(lock);
        if folder.file().is_dir() {
            fs::remove_dir(folder.file()).expect("the folder is ours");
        } else {
            fs::remove_file(folder.file()).expect("the folder is ours");
        }
    }
    assert_eq!(other.left(), Vec::<String>::new());
    assert_eq!(fs::read_to_string(victim).expect("it is there"), "untouched");
}

#[test]
fn the_first_folder_is_used_where_it_can_be() {
    let folder = Folder::new();
    let other = Folder::new();
    let locks = DeviceLocks::new(vec![folder.0.clone(), other.0.clone()]);
    let _lock = locks.take(NAME, &for_device("indoor")).expect("it is free");
    assert_eq!((folder.left(), other.left()), (vec![FILE.to_owned()], vec![]));
}

#[test]
fn where_there_is_no_folder_a_device_is_used_without() {
    assert!(DeviceLocks::new(vec!["/nowhere".into()]).take(NAME, &LockUse::default()).is_ok());
}

#[test]
fn what_a_killed_process_took_from_the_kernel_is_remembered() {
    let folder = Folder::new();
    let detached = r#""detached":{"driver":"usbhid","busNumber":1,"deviceAddress":2,"configuration":1}"#;
    let record = format!(r#"{{"pid":1,"started":"0","command":"busbar",{detached}}}"#);
    fs::write(folder.file(), record).expect("the folder is ours");
    drop(folder.locks().take(NAME, &for_device("indoor")).expect("its process is gone"));
    let left = fs::read_to_string(folder.file()).expect("it is kept");
    assert!(left.contains(detached), "{left}");
    assert!(left.contains(&format!("\"pid\":{}", std::process::id())), "{left}");
}

#[test]
fn what_is_taken_from_the_kernel_is_written_down_until_it_is_back() {
    let folder = Folder::new();
    let locks = folder.locks();
    let lock = locks.take("usb-1-2-0", &for_device("keys")).expect("it is free");
    let detached = DetachedDriver { driver: "usbhid".to_owned(), bus_number: 1, device_address: 2, configuration: 1 };
    lock.note(Some(detached.clone()));
    // Whoever has it is not gone.
    folder.locks().each_abandoned(|name, _| panic!("{name} is locked"));
    drop(lock);
    let mut found = Vec::new();
    folder.locks().each_abandoned(|name, detached| {
        found.push((name.to_owned(), detached.clone()));
        false
    });
    assert_eq!(found, [("usb-1-2-0".to_owned(), detached)]);
    assert_eq!(folder.left(), ["busbar-usb-1-2-0.lock"], "what could not be mended stays written down");
    let lock = locks.take("usb-1-2-0", &for_device("keys")).expect("it is free");
    lock.note(None);
    drop(lock);
    assert_eq!(folder.left(), Vec::<String>::new());
    fs::write(folder.0.join("busbar-usb-1-3-0.lock"), "nothing of the kind").expect("the folder is ours");
    folder.locks().each_abandoned(|name, _| panic!("{name} says nothing"));
    assert_eq!(folder.left(), Vec::<String>::new());
}
