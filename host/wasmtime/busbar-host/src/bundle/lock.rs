use crate::digest::is_digest;
use serde_json::{Map, Value, json};

/// The name of the lock in a bundle's folder: the SHA-256 of every other file.
pub const LOCK_NAME: &str = "bundle.lock.json";
/// The name of the board file in a bundle's folder.
pub const BOARD_NAME: &str = "board.json";
/// The folder of a bundle with machine code.
pub const CODE_FOLDER: &str = "native";
/// Changes with the layout of a bundle.
pub const FORMAT: u64 = 1;

/// The machine code of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeCode {
    /// The component, as the board names it without "./": "components/bme280.wasm". It need not be in the bundle.
    pub component: String,
    /// The SHA-256 of the component.
    pub digest: String,
    /// The file of the code: "native/....cwasm".
    pub file: String,
}

/// The lock of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleLock {
    /// The version of the command that made it.
    pub busbar: String,
    /// What it is for: "linux-x64".
    pub platform: String,
    /// The SHA-256 of each file, by its path in the folder with slashes.
    pub files: Vec<(String, String)>,
    /// The code, by the name of the engine's settings that it was compiled with.
    pub native: Vec<(String, Vec<NativeCode>)>,
}

/// What is wrong with a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockProblem {
    /// It was cut or changed.
    Damaged,
    /// It is one of another layout.
    OtherFormat,
}

impl BundleLock {
    /// Reads a lock: what is not as it is written here was damaged.
    pub fn parse(bytes: &[u8]) -> Result<Self, LockProblem> {
        let lock: Value = serde_json::from_slice(bytes).map_err(|_| LockProblem::Damaged)?;
        if lock.get("format").and_then(Value::as_u64) != Some(FORMAT) {
            return Err(LockProblem::OtherFormat);
        }
        Self::from_json(&lock).ok_or(LockProblem::Damaged)
    }

    fn from_json(lock: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let mut files = Vec::new();
        for (path, digest) in lock.get("files")?.as_object()? {
            let digest = text(digest).filter(|digest| is_digest(digest))?;
            is_inside(path).then(|| files.push((path.clone(), digest)))?;
        }
        let mut native = Vec::new();
        let empty = Map::new();
        for (settings, components) in lock.get("native").map_or(Some(&empty), Value::as_object)? {
            let mut codes = Vec::new();
            for (component, code) in components.as_object()? {
                let digest = code.get("component").and_then(text).filter(|digest| is_digest(digest))?;
                let file = code.get("code").and_then(text)?;
                files.iter().any(|(path, _)| *path == file).then_some(())?;
                codes.push(NativeCode { component: component.clone(), digest, file });
            }
            native.push((settings.clone(), codes));
        }
        Some(Self {
            busbar: lock.get("busbar").and_then(text)?,
            platform: lock.get("platform").and_then(text)?,
            files,
            native,
        })
    }

    /// The lock as it is written: the same bytes for the same bundle.
    pub fn to_text(&self) -> String {
        let files: Map<String, Value> =
            self.files.iter().map(|(path, digest)| (path.clone(), digest.as_str().into())).collect();
        let code = |each: &NativeCode| (each.component.clone(), json!({ "component": each.digest, "code": each.file }));
        let native: Map<String, Value> = self
            .native
            .iter()
            .map(|(settings, codes)| (settings.clone(), Value::Object(codes.iter().map(code).collect())))
            .collect();
        let lock = json!({
            "format": FORMAT,
            "busbar": self.busbar,
            "platform": self.platform,
            "prepared": {},
            "files": files,
            "native": native,
        });
        format!("{lock:#}\n")
    }

    /// The SHA-256 that a file has to have.
    pub fn digest_of(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|(each, _)| each == path).map(|(_, digest)| digest.as_str())
    }
}

/// The platform of a processor, as Node names it and a lock has it: "linux-x64" for "x86_64".
pub fn platform_of(processor: &str) -> String {
    let name = match processor {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("linux-{name}")
}

/// Whether a path of the lock stays in the folder.
fn is_inside(path: &str) -> bool {
    !path.contains(['\\', '\0']) && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::{BundleLock, LockProblem, NativeCode};

    fn lock() -> BundleLock {
        let digest = "a".repeat(64);
        let files = ["board.json", "native/x.cwasm"].map(|path| (path.to_owned(), digest.clone())).to_vec();
        let code = NativeCode {
            component: "components/x.wasm".to_owned(),
            digest: digest.clone(),
            file: "native/x.cwasm".to_owned(),
        };
        let native = vec![("settings".to_owned(), vec![code])];
        BundleLock { busbar: "0.1.0".to_owned(), platform: "linux-x64".to_owned(), files, native }
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        assert_eq!(BundleLock::parse(lock().to_text().as_bytes()), Ok(lock()));
    }

    #[test]
    fn a_lock_that_was_changed_is_none() {
        let text = lock().to_text();
        let changed = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            BundleLock::parse(text.replace(from, to).as_bytes())
        };
        for (from, to) in [
            ("aaaa\"", "aaaA\""),
            ("board.json", "../board.json"),
            ("board.json", "/board.json"),
            ("\"code\": \"native/x.cwasm\"", "\"code\": \"native/y.cwasm\""),
            ("\"busbar\": \"0.1.0\",", ""),
            ("\"linux-x64\"", "1"),
        ] {
            assert_eq!(changed(from, to), Err(LockProblem::Damaged), "{from}");
        }
        assert_eq!(changed("\"format\": 1", "\"format\": 2"), Err(LockProblem::OtherFormat));
        assert_eq!(BundleLock::parse(&text.as_bytes()[..text.len() - 9]), Err(LockProblem::Damaged));
    }
}
