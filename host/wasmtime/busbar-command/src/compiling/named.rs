use busbar_core::board::{Board, ComponentName};
use busbar_core::models::MODELS_PACKAGE;
use busbar_core::simulate::OWN_MODEL;

/// The components that a board names: each once, in order.
pub fn components_of(board: &Board) -> Vec<ComponentName> {
    let drivers = board.entries().filter_map(|placed| placed.entry.named_driver());
    let apps = board.apps.iter().map(|(_, app)| app.named_component());
    let mut components: Vec<ComponentName> = drivers.chain(apps).collect();
    components.sort_unstable();
    components.dedup();
    components
}

/// The component of device models, where the board simulates what hosts have no model of.
pub fn models_of(board: &Board) -> Option<ComponentName> {
    board.simulate.iter().any(|entry| entry.model != OWN_MODEL).then(|| MODELS_PACKAGE.into())
}
