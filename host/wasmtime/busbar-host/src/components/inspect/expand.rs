use super::binary::{Body, Definition, Item, Sort};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How deep components may lie in each other's instances, and how many instances may be counted: who writes the file decides
/// how often a component is expanded.
const DEEPEST: usize = 100;
const MOST_STEPS: usize = 1_000_000;

/// What an index stands for.
#[derive(Clone)]
enum Value {
    /// By its place in the file.
    Module(usize),
    /// With what it sees around it.
    Component(Rc<Body>, Rc<Scope>),
    Instance(Rc<HashMap<String, Value>>),
    /// Of the host, or nothing that is counted.
    Unknown,
}

/// The index spaces of a component that is being instantiated.
#[derive(Default)]
struct Scope {
    spaces: RefCell<HashMap<Space, Vec<Value>>>,
    outer: Option<Rc<Scope>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Space {
    Modules,
    Components,
    Instances,
}

fn space_of(sort: Sort) -> Option<Space> {
    match sort {
        Sort::Module => Some(Space::Modules),
        Sort::Component => Some(Space::Components),
        Sort::Instance => Some(Space::Instances),
        Sort::Other => None,
    }
}

impl Scope {
    fn within(outer: Option<Rc<Scope>>) -> Rc<Self> {
        Rc::new(Self { outer, ..Self::default() })
    }

    fn add(&self, sort: Sort, value: Value) {
        if let Some(space) = space_of(sort) {
            self.spaces.borrow_mut().entry(space).or_default().push(value);
        }
    }

    /// None where there is no such index.
    fn get(&self, sort: Sort, index: u32) -> Option<Value> {
        let Some(space) = space_of(sort) else { return Some(Value::Unknown) };
        self.spaces.borrow().get(&space)?.get(usize::try_from(index).ok()?).cloned()
    }
}

/// How many instances of each core module, by its place in the file, an instance of a component has. None where nobody can
/// tell: an index leads nowhere, or the host would give a component or a module.
pub fn count_instances(body: &Rc<Body>, modules: usize) -> Option<Vec<u64>> {
    let mut counting = Counting { counts: vec![0; modules], steps: 0 };
    counting.instantiate(body, Scope::within(None), &HashMap::new(), 0)?;
    Some(counting.counts)
}

struct Counting {
    counts: Vec<u64>,
    steps: usize,
}

impl Counting {
    /// Gives what the instance exports.
    fn instantiate(
        &mut self,
        body: &Rc<Body>,
        scope: Rc<Scope>,
        arguments: &HashMap<String, Value>,
        depth: usize,
    ) -> Option<HashMap<String, Value>> {
        if depth > DEEPEST {
            return None;
        }
        let mut exports = HashMap::new();
        for definition in &body.definitions {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return None;
            }
            match definition {
                Definition::Module(place) => scope.add(Sort::Module, Value::Module(*place)),
                Definition::Component(inner) => {
                    scope.add(Sort::Component, Value::Component(inner.clone(), scope.clone()));
                }
                Definition::InstantiateModule(index) => match scope.get(Sort::Module, *index)? {
                    Value::Module(place) => *self.counts.get_mut(place)? += 1,
                    _ => return None,
                },
                Definition::Instantiate { component, arguments } => {
                    let Value::Component(inner, around) = scope.get(Sort::Component, *component)? else {
                        return None;
                    };
                    let arguments = named(&scope, arguments)?;
                    let made = self.instantiate(&inner, Scope::within(Some(around)), &arguments, depth + 1)?;
                    scope.add(Sort::Instance, Value::Instance(Rc::new(made)));
                }
                Definition::Bundle(items) => {
                    scope.add(Sort::Instance, Value::Instance(Rc::new(named(&scope, items)?)));
                }
                Definition::AliasExport { sort, instance, name } => {
                    let value = match scope.get(Sort::Instance, *instance)? {
                        Value::Instance(exports) => exports.get(name).cloned().unwrap_or(Value::Unknown),
                        _ => Value::Unknown,
                    };
                    scope.add(*sort, value);
                }
                Definition::AliasOuter { sort, count, index } => {
                    let mut around = scope.clone();
                    for _ in 0..*count {
                        around = around.outer.clone()?;
                    }
                    let value = around.get(*sort, *index)?;
                    scope.add(*sort, value);
                }
                Definition::Import { name, sort } => {
                    scope.add(*sort, arguments.get(name).cloned().unwrap_or(Value::Unknown));
                }
                Definition::Export(Item { name, sort, index }) => {
                    let value = scope.get(*sort, *index)?;
                    // What is exported has an index more.
                    scope.add(*sort, value.clone());
                    exports.insert(name.clone(), value);
                }
            }
        }
        Some(exports)
    }
}

fn named(scope: &Scope, items: &[Item]) -> Option<HashMap<String, Value>> {
    items.iter().map(|Item { name, sort, index }| Some((name.clone(), scope.get(*sort, *index)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::binary::read_binary;
    use super::count_instances;

    fn counts(text: &str) -> Option<Vec<u64>> {
        let bytes = wat::parse_str(text).expect("it is a component");
        let binary = read_binary(&bytes).expect("it is one");
        count_instances(&binary.body, binary.modules.len())
    }

    #[test]
    fn a_component_that_is_instantiated_twice_has_its_modules_twice() {
        let twice = r#"(component
            (component $inner (core module $m) (core instance (instantiate $m)) (core instance (instantiate $m)))
            (core module $once)
            (core instance (instantiate $once))
            (instance (instantiate $inner))
            (instance (instantiate $inner)))"#;
        assert_eq!(counts(twice), Some(vec![4, 1]));
        assert_eq!(counts("(component (core module) (component (core module)))"), Some(vec![0, 0]));
    }

    #[test]
    fn modules_and_components_are_found_through_arguments_exports_and_what_is_around() {
        let given = r#"(component
            (core module $m)
            (component $maker
                (component $made (alias outer 2 $m (core module $outer)) (core instance (instantiate $outer)))
                (export "made" (component $made)))
            (instance $maker (instantiate $maker))
            (alias export $maker "made" (component $made))
            (component $user
                (import "given" (component $given))
                (instance (instantiate $given)) (instance (instantiate $given)) (instance (instantiate $given)))
            (instance (instantiate $user (with "given" (component $made)))))"#;
        assert_eq!(counts(given), Some(vec![3]));
    }

    #[test]
    fn what_the_host_would_give_cannot_be_counted() {
        assert_eq!(counts(r#"(component (import "m" (core module $m)) (core instance (instantiate $m)))"#), None);
    }

    #[test]
    fn components_that_grow_without_end_are_not_counted_to_their_end() {
        let mut text = "(component $c0 (core module $m) (core instance (instantiate $m)))".to_owned();
        for level in 1..30 {
            let inner = level - 1;
            text = format!(
                "(component $c{level} {text} (instance (instantiate $c{inner})) (instance (instantiate $c{inner})))"
            );
        }
        assert_eq!(counts(&text), None);
    }
}
