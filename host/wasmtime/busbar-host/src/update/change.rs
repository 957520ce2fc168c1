use crate::board::{Board, DeviceEntry, check_board};
use crate::bus::BusName;
use crate::error::HostError;
use busbar_core::bridge::{behind_bridges, bridges_of};

/// What an edit of the board file means for a board that is open: the names of devices, and what has to wait.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardChange {
    /// The board afterwards: as edited, but with everything that has to wait as it was.
    pub board: Board,
    /// Their entries changed. Whoever has one open sees `disconnected`, and opens it again by the same name.
    pub replaced: Vec<String>,
    pub added: Vec<String>,
    pub removed: Vec<String>,
    /// Of these devices the component has other code than before: among those that were replaced.
    pub components: Vec<String>,
    /// What changes only when the board is opened again, as places in the file: "apps.station", "simulate".
    pub later: Vec<String>,
}

/// Finds out what of an edited board can be done while it is open: devices come, go and change. Not so what apps are made
/// of, which they have from their start: their entries, the devices that they drive themselves and those that they use; and
/// not the simulator; not the first bridges, with what is wired to them; and not what this process cannot have any more, by `can_have`.
/// `is_refused` says which names the running board is open without.
///
/// # Errors
///
/// [`HostError`] with code "board" when both boards together contradict each other: what has to wait is in the way of what is
/// new.
pub fn plan_change(
    running: &Board,
    wanted: &Board,
    can_have: impl Fn(Option<&DeviceEntry>, &DeviceEntry) -> bool,
    is_refused: impl Fn(&str) -> bool,
) -> Result<BoardChange, HostError> {
    let is_used = |name: &str| running.apps.iter().any(|(_, app)| app.uses.iter().any(|each| each == name));
    // A board that was opened without bridges has nothing to ask for their buses.
    let is_unbridged = running.bridges.is_empty();
    let mut taken: [Vec<(String, DeviceEntry)>; 2] = Default::default();
    let (mut replaced, mut added, mut removed, mut later) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let lists = [("bridges", &running.bridges, &wanted.bridges), ("devices", &running.devices, &wanted.devices)];
    for (taken, (list, running_list, wanted_list)) in taken.iter_mut().zip(lists) {
        for name in names_of(wanted_list, running_list) {
            let (before, after) = (find(running_list, name), find(wanted_list, name));
            let needs_bridge = list == "bridges" || after.is_some_and(|entry| !bridges_of(entry, wanted).is_empty());
            let is_undriven = [before, after].into_iter().flatten().any(|entry| entry.driver.is_none());
            let has_to_wait = is_undriven
                || (after.is_none() && is_used(name))
                || (is_unbridged && needs_bridge)
                || after.is_some_and(|entry| !can_have(before, &without_bridged(entry, wanted)));
            let kept = match (before, after) {
                _ if before == after => after,
                _ if has_to_wait => {
                    later.push(format!("{list}.{name}"));
                    before
                }
                _ => {
                    let change = match (before, after) {
                        (None, _) => &mut added,
                        (_, None) => &mut removed,
                        _ => &mut replaced,
                    };
                    change.push(name.to_owned());
                    after
                }
            };
            taken.extend(kept.map(|entry| (name.to_owned(), entry.clone())));
        }
    }
    for name in names_of(&wanted.apps, &running.apps) {
        if running.app(name) != wanted.app(name) {
            later.push(format!("apps.{name}"));
        }
    }
    if running.simulate != wanted.simulate {
        later.push("simulate".to_owned());
    }
    let [bridges, devices] = taken;
    let board = Board { devices, bridges, simulate: running.simulate.clone(), apps: running.apps.clone() };
    check_board(&board, "the board")?;
    let mut change = BoardChange { board, replaced, added, removed, components: Vec::new(), later };
    change.replace_what_is_behind(running, is_refused);
    Ok(change)
}

impl BoardChange {
    /// What is behind a bridge ends with that, and gets its place behind the new one. What was refused has none before it is asked for.
    pub(super) fn replace_what_is_behind(&mut self, running: &Board, is_refused: impl Fn(&str) -> bool) {
        let Self { board, replaced, added, removed, .. } = self;
        // A bridge that is removed is in none of its lists afterwards, and what is behind it may still name it.
        let removed_bridges = running.bridges.iter().filter(|(name, _)| find(&board.bridges, name).is_none());
        let bridges = board.bridges.iter().chain(removed_bridges).cloned().collect();
        let both = Board { bridges, ..board.clone() };
        let changed: Vec<&str> = [&*replaced, added, removed].into_iter().flatten().map(String::as_str).collect();
        let stays = |name: &String| {
            running.entry(name).is_some_and(|placed| placed.entry.driver.is_some())
                && board.entry(name).is_some()
                && !is_refused(name)
                && !replaced.iter().chain(&*added).any(|each| each == name)
        };
        let behind: Vec<String> = behind_bridges(&both, &changed).into_iter().filter(stays).collect();
        replaced.extend(behind);
    }
}

fn find<'a>(list: &'a [(String, DeviceEntry)], name: &str) -> Option<&'a DeviceEntry> {
    list.iter().find(|(each, _)| each == name).map(|(_, entry)| entry)
}

/// What an entry needs of this machine: what is behind a bridge, that has.
fn without_bridged(entry: &DeviceEntry, board: &Board) -> DeviceEntry {
    let mut entry = entry.clone();
    let is_here = |bus: &BusName| board.bridge_of(bus).is_none();
    entry.i2c = entry.i2c.filter(|grant| is_here(&grant.bus));
    entry.spi = entry.spi.filter(|grant| is_here(&grant.bus));
    if let Some(gpio) = &mut entry.gpio {
        gpio.lines.retain(|(_, line)| is_here(&line.chip));
    }
    entry
}

/// Those of the first list, then those that only the second has.
fn names_of<'a, Entry>(first: &'a [(String, Entry)], second: &'a [(String, Entry)]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in first.iter().chain(second) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{BoardChange, plan_change};
    use crate::board::{Board, parse_board};
    use crate::error::HostError;

    const STATION: &str = r#", "apps": { "station": { "component": "./a.wasm", "uses": ["indoor"] } }"#;

    fn board(devices: &str, more: &str) -> Board {
        parse_board(&format!(r#"{{ "devices": {{ {devices} }}{more} }}"#), "board.json").expect("it is one")
    }

    fn entry(name: &str, address: &str) -> String {
        format!(r#""{name}": {{ "driver": "./x.wasm", "i2c": {{ "bus": 1, "address": "{address}" }} }}"#)
    }

    fn plan(running: &Board, wanted: &Board) -> Result<BoardChange, HostError> {
        plan_change(running, wanted, |_, _| true, |_| false)
    }

    #[test]
    fn devices_come_go_and_are_replaced() {
        let running = board(&[entry("a", "0x10"), entry("b", "0x11"), entry("c", "0x12")].join(","), "");
        let wanted = board(&[entry("d", "0x13"), entry("a", "0x10"), entry("b", "0x14")].join(","), "");
        let change = plan(&running, &wanted).expect("it can be done");
        assert_eq!(
            (change.replaced, change.added, change.removed),
            (vec!["b".into()], vec!["d".into()], vec!["c".into()])
        );
        assert_eq!(change.board, wanted);
        assert!(change.later.is_empty() && plan(&wanted, &wanted).expect("nothing").added.is_empty());
    }

    #[test]
    fn what_apps_have_from_their_start_waits() {
        let running = board(&entry("indoor", "0x10"), STATION);
        let change = plan(&running, &board("", "")).expect("it can be done");
        assert_eq!(change.later, ["devices.indoor", "apps.station"]);
        assert_eq!(change.board, running);
        let replaced = board(&entry("indoor", "0x11"), STATION);
        assert_eq!(plan(&running, &replaced).expect("it can be done").replaced, ["indoor"]);
    }

    #[test]
    fn what_the_process_cannot_have_waits() {
        let (running, wanted) = (board(&entry("a", "0x10"), ""), board(&entry("a", "0x11"), ""));
        let change = plan_change(&running, &wanted, |_, _| false, |_| false).expect("it can be done");
        assert_eq!((change.later, change.board), (vec!["devices.a".to_owned()], running.clone()));
        // What stays as it is, and what goes, needs nothing new.
        let nothing = board("", "");
        assert_eq!(plan_change(&running, &nothing, |_, _| false, |_| false).expect("it can be done").removed, ["a"]);
        assert_eq!(plan_change(&running, &running, |_, _| false, |_| false).expect("it can be done").later, [""; 0]);
    }

    #[test]
    fn what_is_behind_a_bridge_needs_nothing_of_the_process_for_that() {
        let bridges = r#", "bridges": { "dongle": { "driver": "./x.wasm" } }"#;
        let behind = r#""a": { "driver": "./x.wasm", "i2c": { "bus": "dongle", "address": "0x10" },
            "spi": { "bus": "dongle:1", "chipSelect": 0 },
            "gpio": { "lines": { "a": { "chip": "dongle", "line": 1, "direction": "in" }, "b": { "chip": 0, "line": 1, "direction": "in" } } } }"#;
        let (running, wanted) = (board("", bridges), board(behind, bridges));
        let change = plan_change(
            &running,
            &wanted,
            |_, entry| {
                let lines: Vec<_> = entry.gpio.iter().flat_map(|grant| &grant.lines).map(|(name, _)| name).collect();
                entry.i2c.is_none() && entry.spi.is_none() && lines == ["b"]
            },
            |_| false,
        );
        let change = change.expect("it can be done");
        assert_eq!((change.added, change.board), (vec!["a".to_owned()], wanted));
    }

    #[test]
    fn what_was_refused_is_not_replaced_with_its_bridge() {
        let on = |bridge: &str| format!(r#", "bridges": {{ "dongle": {{ "driver": "{bridge}" }} }}"#);
        let behind = r#""a": { "driver": "./x.wasm", "i2c": { "bus": "dongle", "address": "0x10" } }"#;
        let (running, wanted) = (board(behind, &on("./x.wasm")), board(behind, &on("./y.wasm")));
        let replaced = |is_refused: bool| {
            plan_change(&running, &wanted, |_, _| true, |_| is_refused).expect("it can be done").replaced
        };
        assert_eq!(replaced(false), ["dongle", "a"]);
        assert_eq!(replaced(true), ["dongle"]);
    }

    #[test]
    fn what_waits_can_be_in_the_way() {
        let running = board(&entry("indoor", "0x10"), STATION);
        let error = plan(&running, &board(&entry("attic", "0x10"), "")).expect_err("both have one target");
        assert!(error.message.starts_with("the board: \"devices."), "{error}");
    }
}
