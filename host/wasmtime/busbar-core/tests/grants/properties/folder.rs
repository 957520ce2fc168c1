use crate::support::Random;
use busbar_core::board::FolderGrant;
use busbar_core::grants::{FolderCall, judge_folder};

const PARTS: [&str; 16] = ["a", "b.txt", ".", "..", "...", "/", "/", "/", "//", "\\", ":", "\0", " ", "ä", "🌱", "../"];
const CALLS: [FolderCall; 7] = [
    FolderCall::Stat,
    FolderCall::Read,
    FolderCall::CreateDirectory,
    FolderCall::Change,
    FolderCall::Link,
    FolderCall::Write { create: true },
    FolderCall::Write { create: false },
];

/// Calls `each` with paths, some of which lead out of the folder.
fn for_many(mut each: impl FnMut(FolderCall, &str)) {
    let mut random = Random::new(0xf01de4);
    for _ in 0..50_000 {
        let mut path = random.list(9, |random| random.pick(&PARTS)).concat();
        if random.once_in(50) {
            path = path.repeat(random.below(2000));
        }
        each(random.pick(&CALLS), &path);
    }
}

fn grant(write: bool, overwrite: bool) -> FolderGrant {
    FolderGrant { path: "out".to_owned(), write, overwrite, maximum_mib: None }
}

#[test]
fn names_that_are_given_stay_in_the_folder() {
    let mut deepest = 0;
    for_many(|call, path| {
        let Ok(names) = judge_folder(&grant(true, true), call, path) else {
            return;
        };
        deepest = deepest.max(names.len());
        for name in names {
            assert!(!matches!(name, "" | "." | ".."), "{path:?}");
            assert!(!name.contains(['/', '\\', ':', '\0']), "{path:?}");
        }
    });
    assert!(deepest > 3, "no path was allowed that says anything");
}

#[test]
fn what_is_refused_stays_refused_when_less_is_granted() {
    for_many(|call, path| {
        let judge = |write, overwrite| judge_folder(&grant(write, overwrite), call, path).is_ok();
        assert!(judge(true, true) || !judge(true, false));
        assert!(judge(true, false) || !judge(false, false));
        assert_eq!(judge(false, true), judge(false, false), "overwriting alone grants nothing");
    });
}

#[test]
fn what_is_refused_stays_refused_deeper_in() {
    for_many(|call, path| {
        let is_path_refused = judge_folder(&grant(true, true), FolderCall::Stat, path).is_err();
        if is_path_refused && !path.is_empty() && !path.starts_with('/') {
            assert!(judge_folder(&grant(true, true), call, &format!("a/{path}")).is_err(), "{path:?}");
        }
    });
}
