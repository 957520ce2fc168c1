use super::trial::{try_device, try_settings};
use super::{BoardChange, BringComponents, Brought, UpdateFailure, UpdateOptions, plan_change};
use crate::OpenBoard;
use crate::app::App;
use crate::board::{Board, ComponentName, PlacedEntry};
use crate::components::{Driver, LoadedComponent};
use crate::error::HostError;
use crate::instance::{After, DriverOrRefusal, StartsLives, Supervisor, at_once};
use crate::locked::locked;
use busbar_core::bridge::{behind_bridges, depth_of};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// A driver of the board before that an edit ends.
struct Ended {
    name: String,
    supervisor: Arc<Supervisor>,
    /// Whether it worked, so that its new entry has to work too.
    worked: bool,
}

impl OpenBoard {
    /// Takes over an edited board while this one is open, as far as that can be done: devices come, go and are replaced.
    /// What cannot be done before the board is opened again stays as it is, and is named in the result.
    ///
    /// A component that was loaded stays what it was, whatever becomes of its file: only a device whose entry changes, or
    /// `renew`, has it read again. `on_checked` is called when everything is checked, at once before the first driver is
    /// stopped.
    ///
    /// # Errors
    ///
    /// When the board is wrong, makes another kind of device of one that there is, has a setting that a driver refuses, or
    /// when a device that worked does not work with its new entry: everything is as before then.
    pub async fn update(
        &self,
        wanted: &Board,
        options: &UpdateOptions<'_>,
        on_checked: impl FnOnce(&BoardChange),
    ) -> Result<BoardChange, UpdateFailure> {
        let _one_after_the_other = self.changing.lock().await;
        let running = self.board();
        let is_refused = |name: &str| matches!(self.surroundings.drivers.get(name), Some(Err(_)));
        let mut change = plan_change(&running, wanted, options.can_have, is_refused)?;
        let mut components =
            Components { board: self, bring: options.components, brought: HashMap::new(), files: Vec::new() };
        components.find_changed(&mut change, options.renew).await?;
        change.replace_what_is_behind(&running, is_refused);
        let mut checked = Vec::new();
        for name in change.replaced.iter().chain(&change.added) {
            checked.push((name.clone(), self.check(name, &change.board, &mut components).await?));
        }
        for (name, driver) in &checked {
            if let Some(placed) = change.board.entry(name) {
                try_settings(&self.wiring.unplugged(&change.board, placed, driver.clone(), at_once())).await?;
            }
        }
        self.exchange(&change, checked, on_checked).await?;
        let mut guard = locked(&self.guard);
        for (what, path) in components.files {
            // One that an app got meanwhile is kept all the same: that app is refused its folder.
            let _ = guard.keep_file(&what, &path);
        }
        for name in change.replaced.iter().chain(&change.removed) {
            self.last_readings().forget(name);
        }
        Ok(change)
    }

    /// Finds the driver of an entry and checks its imports.
    async fn check(&self, name: &str, board: &Board, components: &mut Components<'_>) -> Result<Driver, HostError> {
        let placed =
            board.entry(name).ok_or_else(|| HostError::board(format!("the board has no device \"{name}\".")))?;
        // Only an entry with a driver is checked.
        let driver = placed.entry.named_driver().unwrap_or_else(|| "".into());
        let loaded = components.load(name, &driver).await?;
        let driver = Driver::check(&self.surroundings.machine, board, placed, &loaded)?;
        let kind = self.running(name).map_or(driver.kind(), |before| before.driver().kind());
        if driver.kind() != kind {
            return Err(HostError::board(format!(
                "\"{name}\" is a {}, and {} drives a {}; give that device another name.",
                kind.name(),
                driver.label(),
                driver.kind().name()
            )));
        }
        Ok(driver)
    }

    /// Ends the drivers that are not as they were, and puts the new ones in their place; where one of these does not work,
    /// undoes all of it.
    async fn exchange(
        &self,
        change: &BoardChange,
        checked: Vec<(String, Driver)>,
        on_checked: impl FnOnce(&BoardChange),
    ) -> Result<(), UpdateFailure> {
        let running = self.board();
        let mut ended: Vec<Ended> = change
            .replaced
            .iter()
            .chain(&change.removed)
            .filter_map(|name| {
                let supervisor = self.running(name)?;
                let failed = self.last_readings().get(name).is_some_and(|last| last.failure.is_some());
                Some(Ended { name: name.clone(), worked: supervisor.is_running() && !failed, supervisor })
            })
            .collect();
        // What is behind bridges ends before these, so that each can still leave its part as it should.
        ended.sort_by_key(|each| Reverse(depth_of(each.supervisor.entry(), &running)));
        on_checked(change);
        for Ended { supervisor, .. } in &ended {
            self.release_slot(supervisor);
        }
        // Nobody starts one of them before all of this is over.
        let (over, after) = watch::channel(false);
        for name in &change.removed {
            self.wiring.bridges.remove(name);
        }
        let names: Vec<&str> = checked.iter().map(|(name, _)| name.as_str()).collect();
        // A bridge that is new as well starts when all of this is over.
        let behind = behind_bridges(&change.board, &names);
        let mut entering: Vec<_> =
            checked.into_iter().filter_map(|(name, driver)| Some((change.board.entry(&name)?, driver))).collect();
        // Bridges first: what is wired to them has to find them.
        entering.sort_by_key(|(placed, _)| depth_of(placed.entry, &change.board));
        let mut begun = HashMap::new();
        for (placed, driver) in entering {
            if let Ok(supervisor) = self.wiring.supervisor(&change.board, placed, Ok(driver), after.clone()) {
                begun.insert(placed.name.to_owned(), supervisor);
            }
        }
        let drivers = &self.surroundings.drivers;
        let known: HashMap<String, DriverOrRefusal> = drivers.all().into_iter().collect();
        let devices = change.board.entries().filter_map(|placed| {
            let begun = begun.get(placed.name).cloned().map(Ok);
            Some((placed.name.to_owned(), begun.or_else(|| known.get(placed.name).cloned())?))
        });
        let before = drivers.replace(Arc::new(change.board.clone()), devices.collect());
        // All of them end before the first begins, because one may get the place on the bus that another one had.
        for Ended { name, supervisor, .. } in &ended {
            let is_removed = change.removed.contains(name);
            let what = if is_removed { "removed" } else { "replaced" };
            supervisor.stop(&format!("its entry of the board was {what}")).await;
        }
        self.wiring.hub.share();
        for Ended { name, .. } in ended.iter().filter(|each| each.worked && !behind.contains(&each.name)) {
            let Some(supervisor) = begun.get(name) else { continue };
            if let Err(failure) = try_device(supervisor.supervised()).await {
                self.put_back(before, &ended, begun.into_values(), &over, &after).await;
                return Err(failure);
            }
        }
        over.send_replace(true);
        Ok(())
    }

    /// Undoes a change: what came with it ends, and what it ended is there again.
    async fn put_back(
        &self,
        (board, mut devices): (Arc<Board>, Vec<(String, DriverOrRefusal)>),
        ended: &[Ended],
        begun: impl Iterator<Item = Arc<Supervisor>>,
        over: &watch::Sender<bool>,
        after: &After,
    ) {
        let mut begun: Vec<_> = begun.collect();
        let new_board = self.board();
        begun.sort_by_key(|supervisor| Reverse(depth_of(supervisor.entry(), &new_board)));
        for supervisor in begun {
            self.wiring.bridges.remove(&supervisor.supervised().device);
            self.release_slot(&supervisor);
            supervisor.stop("its new entry of the board does not work").await;
        }
        // Bridges first, which ended last.
        for Ended { name, supervisor, .. } in ended.iter().rev() {
            let driver = supervisor.driver().clone();
            if let (Some(placed), Some((_, device))) =
                (board.entry(name), devices.iter_mut().find(|(each, _)| each == name))
            {
                *device = self.wiring.supervisor(&board, placed, Ok(driver), after.clone());
            }
        }
        self.surroundings.drivers.replace(board, devices);
        self.wiring.hub.share();
        over.send_replace(true);
    }

    fn running(&self, name: &str) -> Option<Arc<Supervisor>> {
        self.surroundings.drivers.get(name)?.ok()
    }

    fn release_slot(&self, supervisor: &Supervisor) {
        if let Some(slot) = &supervisor.supervised().usb {
            self.wiring.hub.remove_slot(slot);
        }
    }
}

/// The components of an edited board; each is looked at once.
struct Components<'a> {
    board: &'a OpenBoard,
    bring: &'a dyn BringComponents,
    brought: HashMap<ComponentName, LoadedComponent>,
    /// Of what was brought: the files that no app may have.
    files: Vec<(String, PathBuf)>,
}

impl Components<'_> {
    /// Finds out whose component is another one by now. With `all`, devices are replaced because of that; otherwise only
    /// those that are replaced anyway are looked at.
    async fn find_changed(&mut self, change: &mut BoardChange, all: bool) -> Result<(), HostError> {
        for PlacedEntry { name, entry, .. } in change.board.entries() {
            let (Some(driver), Some(running)) = (entry.named_driver(), self.board.running(name)) else { continue };
            let is_replaced = change.replaced.iter().any(|each| each == name);
            if running.entry().driver != entry.driver || !(all || is_replaced) {
                continue;
            }
            if self.load(name, &driver).await?.key == running.driver().key() {
                continue;
            }
            change.components.push(name.to_owned());
            if !is_replaced {
                change.replaced.push(name.to_owned());
            }
        }
        for (name, app) in self.board.apps.iter().filter(|_| all) {
            let (place, Ok(app)) = (format!("apps.{name}"), app) else { continue };
            let Some(entry) = change.board.app(name).filter(|_| !change.later.contains(&place)) else { continue };
            if self.load(name, &entry.named_component()).await?.key != app.loaded().key {
                change.later.push(place);
            }
        }
        Ok(())
    }

    /// The component of an entry.
    async fn load(&mut self, entry: &str, name: &ComponentName) -> Result<LoadedComponent, HostError> {
        if let Some(brought) = self.brought.get(name) {
            return Ok(brought.clone());
        }
        let known = self.known(name);
        let brought = self.bring.bring(name, known.as_ref().map(|known| known.key.as_str())).await;
        let loaded = match (brought.map_err(|error| error.named(entry))?, known) {
            (Brought::Same, Some(known)) => known,
            (Brought::Same, None) => {
                let specifier = &name.specifier;
                return Err(HostError::component(format!("{entry}: {specifier} cannot be the same as nothing.")));
            }
            (Brought::Other { loaded, files }, _) => {
                for (what, path) in &files {
                    locked(&self.board.guard).judge_file(what, path).map_err(|error| error.named(entry))?;
                }
                self.files.extend(files);
                loaded
            }
        };
        self.brought.insert(name.clone(), loaded.clone());
        Ok(loaded)
    }

    /// The component that a driver or an app of the board was made of.
    fn known(&self, name: &ComponentName) -> Option<LoadedComponent> {
        let devices = self.board.surroundings.drivers.all();
        let running = devices.into_iter().filter_map(|(_, device)| device.ok());
        let mut drivers = running.filter(|running| running.entry().named_driver().as_ref() == Some(name));
        let mut apps = self.board.apps.iter().filter_map(|(_, app)| app.as_ref().ok());
        drivers
            .next()
            .map(|running| running.driver().loaded())
            .or_else(|| apps.find(|app| app.entry().named_component() == *name).map(App::loaded))
    }
}
