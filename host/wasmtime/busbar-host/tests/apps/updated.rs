//! Components that are looked at again while a board is open.

use crate::fixture::Fixture;
use crate::guests::{app, sensor};
use crate::workspace_files::on_one_thread;
use busbar_host::board::ComponentName;
use busbar_host::update::{BringComponents, Bringing, Brought, UpdateOptions};
use serde_json::json;
use std::cell::RefCell;

/// Says that everything is as it was, and notes what was asked for.
#[derive(Default)]
struct Unchanged {
    asked: RefCell<Vec<(String, bool)>>,
}

impl BringComponents for Unchanged {
    fn bring<'a>(&'a self, name: &'a ComponentName, known: Option<&'a str>) -> Bringing<'a> {
        self.asked.borrow_mut().push((name.specifier.clone(), known.is_some()));
        Box::pin(std::future::ready(Ok(Brought::Same)))
    }
}

#[test]
fn the_code_of_drivers_and_apps_is_only_asked_for_where_it_is_another_one() {
    on_one_thread(async {
        let board = json!({
            "devices": { "a": { "driver": "./a.wasm", "i2c": { "bus": "sim", "address": "0x76" } } },
            "simulate": [{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {} }],
            "apps": { "app": { "component": "./app.wasm", "uses": ["a"] } },
        });
        let fixture = Fixture::open(&board, &[("a.wasm", sensor("")), ("app.wasm", app(""))]);
        assert_eq!(fixture.run("app").await.as_deref(), Ok(""));
        let wanted = (*fixture.board.board()).clone();
        let components = Unchanged::default();
        let options = UpdateOptions { components: &components, renew: true, can_have: &|_, _| true };
        let change = fixture.board.update(&wanted, &options, |_| {}).await.expect("nothing is wrong");
        assert!(change.replaced.is_empty() && change.later.is_empty());
        let asked = components.asked.take();
        assert_eq!(asked, [("./a.wasm".to_owned(), true), ("./app.wasm".to_owned(), true)]);
    });
}
