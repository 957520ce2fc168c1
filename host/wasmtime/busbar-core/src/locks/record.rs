use crate::text::cut_exactly;
use serde_json::{Map, Value};
use std::fs;
use std::path::Path;

/// A record is far shorter; anybody can have made the file.
pub(super) const LONGEST_RECORD: usize = 4096;
/// In UTF-16 code units, as the host for Node counts.
const LONGEST_TEXT: usize = 400;
/// The largest whole number that JSON carries everywhere: 2^53 - 1.
const LARGEST_NATURAL: u64 = (1 << 53) - 1;

/// Whom a lock is taken for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LockUse {
    /// The device's name in the board.
    pub device: Option<String>,
    /// The path of the board file, for whoever finds the device in use.
    pub board: Option<String>,
}

/// What a lock's file says of the process that has it, for whoever comes second, and for whoever comes after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LockRecord {
    pub(super) pid: u64,
    /// When the process started, in the kernel's ticks: another process can get the same pid.
    pub(super) started: String,
    /// "busbar run board.json".
    pub(super) command: String,
    /// The device's name in the board.
    pub(super) device: Option<String>,
    /// The board file's path.
    pub(super) board: Option<String>,
    /// A kernel driver that a process took away from a USB interface, and that is to come back.
    pub(super) detached: Option<DetachedDriver>,
}

/// Which driver, and of which device: one that was plugged in anew has another address, and the kernel has given it its
/// driver by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetachedDriver {
    /// "usbhid".
    pub driver: String,
    pub bus_number: u64,
    pub device_address: u64,
    /// bConfigurationValue.
    pub configuration: u64,
}

impl LockRecord {
    /// Of this process.
    pub(super) fn own(usage: &LockUse) -> Self {
        let pid = u64::from(std::process::id());
        Self {
            pid,
            started: start_of(pid).unwrap_or_default(),
            command: clean(&own_command()),
            device: usage.device.clone(),
            board: usage.board.as_deref().map(clean),
            detached: None,
        }
    }

    /// Reads a record; `None` where the file says something else. It may be anybody's: nothing of it is believed.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let json: Map<String, Value> = serde_json::from_slice(text).ok()?;
        let text_of = |key: &str| json.get(key).and_then(Value::as_str);
        Some(Self {
            pid: natural(json.get("pid"))?,
            started: text_of("started")?.to_owned(),
            command: clean(text_of("command")?),
            device: text_of("device").map(clean),
            board: text_of("board").map(clean),
            detached: json.get("detached").and_then(DetachedDriver::parse),
        })
    }

    /// As the file has it.
    pub(super) fn to_line(&self) -> String {
        let mut json = Map::new();
        json.insert("pid".to_owned(), self.pid.into());
        json.insert("started".to_owned(), self.started.clone().into());
        json.insert("command".to_owned(), self.command.clone().into());
        if let Some(device) = &self.device {
            json.insert("device".to_owned(), device.clone().into());
        }
        if let Some(board) = &self.board {
            json.insert("board".to_owned(), board.clone().into());
        }
        if let Some(detached) = &self.detached {
            json.insert("detached".to_owned(), detached.to_json());
        }
        format!("{}\n", Value::Object(json))
    }

    /// Whether the process of a record is still the one that wrote it.
    pub(super) fn is_alive(&self) -> bool {
        !self.started.is_empty() && start_of(self.pid).as_ref() == Some(&self.started)
    }

    /// The holder as people need it: `process 17 (busbar run b.json), as "indoor" of /home/me/b.json`.
    pub(super) fn describe(&self) -> String {
        let of = self.board.as_ref().map(|board| format!(" of {board}")).unwrap_or_default();
        let role = self.device.as_ref().map(|device| format!(", as \"{device}\"{of}")).unwrap_or_default();
        format!("process {} ({}){role}", self.pid, self.command)
    }
}

impl DetachedDriver {
    fn parse(json: &Value) -> Option<Self> {
        const LONGEST_DRIVER: usize = 64;
        let driver = json.get("driver")?.as_str()?;
        // It becomes a part of a path.
        let is_name = (1..=LONGEST_DRIVER).contains(&driver.len())
            && driver.bytes().all(|each| each.is_ascii_alphanumeric() || matches!(each, b'_' | b'-'));
        if !is_name {
            return None;
        }
        Some(Self {
            driver: driver.to_owned(),
            bus_number: natural(json.get("busNumber"))?,
            device_address: natural(json.get("deviceAddress"))?,
            configuration: natural(json.get("configuration"))?,
        })
    }

    fn to_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("driver".to_owned(), self.driver.clone().into());
        json.insert("busNumber".to_owned(), self.bus_number.into());
        json.insert("deviceAddress".to_owned(), self.device_address.into());
        json.insert("configuration".to_owned(), self.configuration.into());
        Value::Object(json)
    }
}

fn natural(json: Option<&Value>) -> Option<u64> {
    json.and_then(Value::as_u64).filter(|number| *number <= LARGEST_NATURAL)
}

/// The program's name without its folder, and its parameters.
fn own_command() -> String {
    let mut words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let program = words.next().unwrap_or_default();
    let name = Path::new(&program).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or(program);
    std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
}

/// Field 22 of /proc/PID/stat, proc(5); the second one can have spaces and brackets in it.
fn start_of(pid: u64) -> Option<String> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(19).map(str::to_owned)
}

/// Of a process of which only the number is known.
pub(super) fn describe_process(pid: u64) -> String {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = String::from_utf8_lossy(&words);
    let command = words.split('\0').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match clean(&command).as_str() {
        "" => format!("process {pid}"),
        command => format!("process {pid} ({command})"),
    }
}

/// No control character and no sign that changes the direction of writing, and not long.
fn clean(text: &str) -> String {
    let shown: String = text.chars().map(|character| if is_unseen(character) { '?' } else { character }).collect();
    cut_exactly(&shown, LONGEST_TEXT).to_owned()
}

/// Unicode 16: General_Category Cc (controls) and Cf (formats: soft hyphen, zero widths, directions, byte order mark, tags).
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}'
            | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = concat!(
        r#"{"pid":17,"started":"4711","command":"busbar run b.json","device":"indoor","board":"/home/me/b.json","#,
        r#""detached":{"driver":"usbhid","busNumber":1,"deviceAddress":2,"configuration":1}}"#,
        "\n"
    );

    /// As host/node/src/locks/record.ts writes it.
    #[test]
    fn a_record_is_written_as_it_was_read() {
        let record = LockRecord::parse(RECORD.as_bytes()).expect("it is one");
        assert_eq!(record.describe(), "process 17 (busbar run b.json), as \"indoor\" of /home/me/b.json");
        assert_eq!(record.to_line(), RECORD);
    }

    #[test]
    fn a_record_says_no_more_than_there_is() {
        let record =
            LockRecord::parse(br#"{"pid":17,"started":"","command":"c","board":"/b.json"}"#).expect("it is one");
        assert_eq!(record.describe(), "process 17 (c)");
        assert!(!record.is_alive());
        let record = LockRecord { device: Some("indoor".to_owned()), board: None, ..record };
        assert_eq!(record.describe(), "process 17 (c), as \"indoor\"");
    }

    #[test]
    fn what_is_no_record_is_none() {
        for text in [
            "",
            "no JSON",
            "null",
            "[]",
            r#"{"pid":-1,"started":"1","command":"c"}"#,
            r#"{"pid":1.5,"started":"1","command":"c"}"#,
            r#"{"pid":9007199254740992,"started":"1","command":"c"}"#,
            r#"{"pid":1,"started":5,"command":"c"}"#,
            r#"{"pid":1,"started":"1"}"#,
        ] {
            assert_eq!(LockRecord::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_drivers_name_that_is_a_path_is_not_believed() {
        let record = RECORD.replace("usbhid", "../../../../etc");
        assert_eq!(LockRecord::parse(record.as_bytes()).map(|record| record.detached), Some(None));
    }

    #[test]
    fn texts_are_cleaned_and_cut() {
        assert_eq!(clean("out\u{1b}[2Jdoor \u{202e}board\n"), "out?[2Jdoor ?board?");
        assert_eq!(clean(&"x".repeat(500)).len(), 400);
        assert_eq!(clean(&"\u{1f600}".repeat(500)).chars().count(), 200);
    }

    #[test]
    fn this_process_is_alive() {
        let usage = LockUse { device: Some("indoor".to_owned()), board: None };
        let own = LockRecord::own(&usage);
        assert!(own.is_alive());
        assert!(!LockRecord { started: "1".to_owned(), ..own }.is_alive());
    }
}
