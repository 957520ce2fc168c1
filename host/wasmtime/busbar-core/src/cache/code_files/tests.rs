use super::{CodeFiles, CodeKind, Entry, MAGIC, clean};
use crate::cache::Environment;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

const KIND: CodeKind = CodeKind { cache: "native", ending: "cwasm", deleted: ", and is made anew" };
const KEY: &str = "71a1-settings";
const NAME: &str = "71a1-settings.cwasm";

struct Cache {
    folder: PathBuf,
    told: Arc<Mutex<Vec<String>>>,
}

impl Cache {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("busbar-code-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        Self { folder, told: Arc::default() }
    }

    fn store(&self) -> CodeFiles {
        let told = self.told.clone();
        let environment = Environment {
            cache_home: Some(self.folder.join("home").into()),
            home: None,
            temporary: Some(self.folder.clone().into()),
        };
        CodeFiles::of(
            KIND,
            &environment,
            Box::new(move |sentence| told.lock().expect("whole").push(sentence.to_owned())),
        )
    }

    fn entry(&self) -> PathBuf {
        self.folder.join("home/busbar/native").join(NAME)
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().expect("whole").clone()
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn look(store: &CodeFiles, path: &Path) -> Entry {
    store.look(path, KEY).expect("it can be read")
}

#[test]
fn code_is_whole_as_it_was_stored() {
    let cache = Cache::new("stored");
    let store = cache.store();
    assert_eq!(look(&store, &cache.entry()), Entry::Missing);
    assert_eq!(store.store(KEY, b"code"), Ok(()));
    assert_eq!(look(&store, &cache.entry()), Entry::Whole { length: 4 });
    assert_eq!(fs::metadata(cache.entry()).expect("it is there").mode() & 0o777, 0o600);
    // Under another name it is not that code.
    fs::copy(cache.entry(), cache.folder.join("other")).expect("a copy");
    assert_eq!(store.look(&cache.folder.join("other"), "other").expect("it can be read"), Entry::Damaged);
    assert_eq!(cache.told(), Vec::<String>::new());
}

#[test]
fn code_that_was_cut_or_changed_is_not_whole() {
    let cache = Cache::new("changed");
    let store = cache.store();
    store.store(KEY, b"code").expect("it is stored");
    let bytes = fs::read(cache.entry()).expect("it is there");
    assert_eq!(&bytes[4..12], MAGIC);
    for index in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        fs::write(cache.entry(), changed).expect("it is ours");
        assert_eq!(look(&store, &cache.entry()), Entry::Damaged, "{index}");
        fs::write(cache.entry(), &bytes[..index]).expect("it is ours");
        assert_eq!(look(&store, &cache.entry()), Entry::Damaged, "{index}");
    }
}

#[test]
fn code_that_others_can_write_or_that_is_a_link_is_not_whole() {
    let cache = Cache::new("written");
    let store = cache.store();
    store.store(KEY, b"code").expect("it is stored");
    fs::set_permissions(cache.entry(), fs::Permissions::from_mode(0o620)).expect("it is ours");
    assert_eq!(look(&store, &cache.entry()), Entry::Damaged);
    fs::set_permissions(cache.entry(), fs::Permissions::from_mode(0o600)).expect("it is ours");
    let link = cache.folder.join("link");
    symlink(cache.entry(), &link).expect("a link");
    assert_eq!(look(&store, &link), Entry::Damaged);
}

#[test]
fn code_is_kept_in_the_temporary_folder_where_the_cache_cannot_be_used_and_that_is_said() {
    let cache = Cache::new("fallback");
    fs::create_dir(cache.folder.join("home")).expect("a folder");
    fs::write(cache.folder.join("home/busbar"), "").expect("a file in its place");
    assert_eq!(cache.store().store(KEY, b"code"), Ok(()));
    // SAFETY: geteuid takes nothing and cannot fail.
    let user = unsafe { libc::geteuid() };
    let folder = cache.folder.display();
    assert_eq!(
        cache.told(),
        [format!(
            "{folder}/home/busbar is no folder: the cache is in {folder}/busbar-cache-{user}/native until this machine is \
             restarted; set XDG_CACHE_HOME to a folder that only you can write."
        )]
    );
    // Once it can be used again, what is there is not looked for elsewhere.
    let found = |cache: &Cache| cache.store().find().map(|place| place.temporary);
    assert_eq!(found(&cache), Some(true));
    fs::remove_file(cache.folder.join("home/busbar")).expect("it is ours");
    assert_eq!(found(&cache), None);
}

#[test]
fn code_that_cannot_be_kept_anywhere_is_told_once() {
    let cache = Cache::new("nowhere");
    fs::write(cache.folder.join("home"), "").expect("a file in its place");
    // SAFETY: geteuid takes nothing and cannot fail.
    let temporary = format!("busbar-cache-{}", unsafe { libc::geteuid() });
    fs::write(cache.folder.join(temporary), "").expect("a file in its place");
    let store = cache.store();
    let sentence = store.store(KEY, b"code").expect_err("there is no place");
    assert!(sentence.ends_with(
        "/home/busbar cannot be used (ENOTDIR): nothing is kept in a cache; set XDG_CACHE_HOME to a folder that only you can write."
    ), "{sentence}");
    assert_eq!(store.store(KEY, b"code"), Err(sentence.clone()));
    assert_eq!(cache.told(), [sentence]);
}

#[test]
fn the_code_that_was_not_used_for_longest_goes_first_and_never_the_newest() {
    let cache = Cache::new("clean");
    let store = cache.store();
    store.store(KEY, b"code").expect("it is stored");
    let folder = cache.folder.join("home/busbar/native");
    let aged = |name: &str, bytes: usize, hours: u64| {
        let path = folder.join(name);
        fs::write(&path, vec![0; bytes]).expect("a file");
        let file = fs::File::options().write(true).open(&path).expect("it is ours");
        file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3_600)).expect("it is ours");
    };
    aged("old.cwasm", 100, 30);
    aged("older.cwasm", 100, 40);
    aged(".00000000-00000000-000000000000000000.tmp", 100, 2);
    aged(".00000001-00000000-000000000000000000.tmp", 100, 0);
    aged(NAME, 100, 50);
    clean(&folder, KIND.ending, NAME, 200).expect("it is ours");
    let mut names: Vec<_> =
        fs::read_dir(&folder).expect("it is there").flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    assert_eq!(names, [".00000001-00000000-000000000000000000.tmp", NAME, "old.cwasm"]);
}

#[test]
fn many_writers_of_one_entry_leave_it_whole() {
    let cache = Cache::new("writers");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let store = cache.store();
                for _ in 0..20 {
                    store.store(KEY, &[7; 100_000]).expect("it is stored");
                    assert_eq!(look(&store, &cache.entry()), Entry::Whole { length: 100_000 });
                }
            });
        }
    });
    assert_eq!(fs::read_dir(cache.folder.join("home/busbar/native")).expect("it is there").count(), 1);
}
