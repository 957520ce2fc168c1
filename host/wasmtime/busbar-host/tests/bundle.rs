//! What a bundle refuses, in one sentence; tools/cli/test/native-bundle.test.ts runs one that is whole.

use busbar_host::bundle::Bundle;
use busbar_host::bundle::{BundleLock, NativeCode, platform_of};
use busbar_host::cache::CheckedFiles;
use busbar_host::components::ComponentSource;
use busbar_host::digest::sha256;
use busbar_host::engine::{Addresses, Machine};
use std::env::consts::ARCH;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

const BOARD: &str =
    r#"{ "devices": { "indoor": { "driver": "./components/x.wasm", "i2c": { "bus": 1, "address": "0x76" } } } }"#;
const CODE: &str = "native/x.cwasm";
const SPECIFIER: &str = "./components/x.wasm";

struct Made {
    folder: PathBuf,
    lock: String,
}

impl Made {
    fn new(name: &str, settings: Addresses, change: impl FnOnce(&mut BundleLock)) -> Self {
        let folder = std::env::temp_dir().join(format!("busbar-bundle-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("native")).expect("a folder");
        let files = [("board.json", BOARD), (CODE, "no code")];
        for (path, text) in files {
            fs::write(folder.join(path), text).expect("a file");
        }
        let code =
            NativeCode { component: "components/x.wasm".to_owned(), digest: sha256(b"x"), file: CODE.to_owned() };
        let mut lock = BundleLock {
            busbar: "0.1.0".to_owned(),
            platform: platform_of(ARCH),
            files: files.map(|(path, text)| (path.to_owned(), sha256(text.as_bytes()))).to_vec(),
            native: vec![(Machine::settings_of(settings, ARCH), vec![code])],
        };
        change(&mut lock);
        let text = lock.to_text();
        fs::write(folder.join("bundle.lock.json"), &text).expect("a file");
        Self { folder, lock: sha256(text.as_bytes()) }
    }

    fn whole(name: &str) -> Self {
        Self::new(name, Addresses::Plenty, |_| {})
    }

    fn read(&self) -> Result<Bundle, String> {
        Bundle::read(&self.folder, None, CheckedFiles::none()).map_err(|error| error.message)
    }

    /// What is said when its component is loaded; it is no code, so something always is.
    fn load(&self) -> String {
        let machine = Machine::new(Addresses::Plenty).expect("Wasmtime runs here");
        let loaded =
            self.read().and_then(|bundle| bundle.load(&machine, &SPECIFIER.into()).map_err(|error| error.message));
        let said = loaded.err().expect("it is no code");
        said.replace(&self.folder.display().to_string(), "DIR")
    }

    fn mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.folder.join(path), Permissions::from_mode(mode)).expect("it is ours");
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

const NO_CODE: &str = "the bundle DIR was compiled by another version of the host (busbar 0.1.0), or for another processor; make \
                       it anew with this one.";

#[test]
fn a_bundle_that_is_whole_is_read() {
    let made = Made::whole("whole");
    let bundle = made.read().expect("it is whole");
    assert!(bundle.board().device("indoor").is_some());
    // It gets as far as the engine.
    assert_eq!(made.load(), NO_CODE);
}

#[test]
fn a_bundle_with_another_lock_is_refused() {
    let made = Made::whole("lock");
    let read = |lock: &str| Bundle::read(&made.folder, Some(lock), CheckedFiles::none()).map(drop);
    assert!(read(&made.lock).is_ok() && read(&made.lock.to_uppercase()).is_ok());
    let said = read(&"0".repeat(64)).expect_err("it is another").message;
    let folder = made.folder.display();
    assert_eq!(
        said,
        format!(
            "the lock of the bundle {folder} is {}, not the one that was asked for; copy that bundle again.",
            made.lock
        )
    );
}

#[test]
fn a_bundle_with_a_file_that_was_changed_cut_taken_away_or_added_is_refused() {
    const ANEW: &str = "copy the bundle again, or make it anew.";
    for (name, path, text, said) in [
        ("board", "board.json", Some("{}"), format!("DIR/board.json is not what the bundle's lock says; {ANEW}")),
        ("changed", CODE, Some("no cod3"), format!("DIR/{CODE} is not what the bundle's lock says; {ANEW}")),
        ("cut", CODE, Some("no cod"), format!("DIR/{CODE} is not what the bundle's lock says; {ANEW}")),
        ("gone", CODE, None, format!("DIR/{CODE} is missing; {ANEW}")),
        (
            "added",
            "native/y",
            Some(""),
            "DIR/native/y is not in the bundle's lock; take it away, or make the bundle anew.".to_owned(),
        ),
        ("damaged", "bundle.lock.json", Some("{"), format!("DIR/bundle.lock.json is damaged; {ANEW}")),
    ] {
        let made = Made::whole(name);
        let path = made.folder.join(path);
        match text {
            Some(text) => fs::write(&path, text).expect("it is ours"),
            None => fs::remove_file(&path).expect("it is ours"),
        }
        assert_eq!(made.load(), said, "{name}");
    }
}

#[test]
fn a_bundle_that_others_can_write_is_refused() {
    let made = Made::whole("others");
    let how = "can be written by others, which \"chmod go-w\" ends: code in a bundle is run, so it has to be yours or root's, \
               and nobody else may write it.";
    for (path, mode) in
        [(".", 0o755), ("native", 0o755), ("bundle.lock.json", 0o644), ("board.json", 0o644), (CODE, 0o644)]
    {
        for bit in [0o020, 0o002] {
            made.mode(path, mode | bit);
            let shown = if path == "." { "DIR".to_owned() } else { format!("DIR/{path}") };
            assert_eq!(made.load(), format!("{shown} {how}"));
            made.mode(path, mode);
        }
    }
    assert_eq!(made.load(), NO_CODE);
}

#[test]
fn a_bundle_whose_code_is_a_link_is_refused() {
    let made = Made::whole("link");
    let (path, elsewhere) = (made.folder.join(CODE), made.folder.join("elsewhere"));
    fs::rename(&path, &elsewhere).expect("it is ours");
    symlink(&elsewhere, &path).expect("a link");
    assert_eq!(made.load(), format!("DIR/{CODE} is a link; copy the bundle again, or make it anew."));
}

#[test]
fn a_bundle_for_another_machine_or_host_is_refused() {
    let other = Made::new("platform", Addresses::Plenty, |lock| lock.platform = "linux-s390x".to_owned());
    let own = platform_of(ARCH);
    assert_eq!(
        other.load(),
        format!(
            "the bundle DIR is for linux-s390x, and this machine is {own}; make one with \"busbar-wasmtime-compile --target \
             {ARCH}-unknown-linux-gnu\"."
        )
    );
    let older = Made::new("version", Addresses::Plenty, |lock| lock.native[0].0 = "older".to_owned());
    let said = |made: &Made, wanted| made.read().expect("it is whole").addresses(wanted).map_err(|error| error.message);
    let folder = older.folder.display().to_string();
    assert_eq!(said(&older, Addresses::Plenty), Err(NO_CODE.replace("DIR", &folder)));
    let without = Made::new("without", Addresses::Plenty, |lock| lock.native.clear());
    let sentence = said(&without, Addresses::Plenty).expect_err("it has no code");
    assert!(sentence.contains("has no machine code; make it with"), "{sentence}");
}

#[test]
fn a_bundle_runs_with_the_memories_that_it_has_code_for() {
    let plenty = Made::whole("plenty");
    let scarce = Made::new("scarce", Addresses::Scarce, |_| {});
    let addresses =
        |made: &Made, wanted| made.read().expect("it is whole").addresses(wanted).map_err(|error| error.message);
    assert_eq!(addresses(&plenty, Addresses::Plenty), Ok(Addresses::Plenty));
    assert_eq!(addresses(&scarce, Addresses::Plenty), Ok(Addresses::Scarce));
    assert_eq!(addresses(&scarce, Addresses::Scarce), Ok(Addresses::Scarce));
    let said = addresses(&plenty, Addresses::Scarce).expect_err("there are not enough addresses");
    assert!(
        said.contains("was compiled for memories of 4 GiB of addresses each, which this process may not have"),
        "{said}"
    );
}

#[test]
fn a_folder_that_is_no_bundle_is_refused() {
    let made = Made::whole("none");
    fs::remove_file(made.folder.join("bundle.lock.json")).expect("it is ours");
    assert_eq!(made.load(), "DIR is no bundle; make one with \"busbar-wasmtime-compile BOARD --out FOLDER\".");
}
