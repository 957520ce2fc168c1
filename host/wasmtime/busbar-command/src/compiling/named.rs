use busbar_core::board::Board;
use busbar_core::models::MODELS_PACKAGE;
use busbar_core::simulate::OWN_MODEL;

/// The components that a board names: each once, in order.
pub fn components_of(board: &Board) -> Vec<&str> {
    let drivers = board.devices.iter().filter_map(|(_, entry)| entry.driver.as_deref());
    let mut components: Vec<&str> = drivers.chain(board.apps.iter().map(|(_, app)| app.component.as_str())).collect();
    components.sort_unstable();
    components.dedup();
    components
}

/// The component of device models, where the board simulates what hosts have no model of.
pub fn models_of(board: &Board) -> Option<&'static str> {
    board.simulate.iter().any(|entry| entry.model != OWN_MODEL).then_some(MODELS_PACKAGE)
}
