use crate::support::Random;
use busbar_core::link::{parse_interface_name, serves};

fn version(random: &mut Random) -> String {
    let mut number = || random.pick(&[0, 0, 1, 1, 2, 10]);
    let released = format!("{}.{}.{}", number(), number(), number());
    if random.once_in(5) { released + random.pick(&["-draft", "-rc.1", "+build", ".1", "", "x"]) } else { released }
}

#[test]
fn serving_is_an_order() {
    let mut random = Random::new(0x5e4e5);
    let mut served = 0;
    for _ in 0..30_000 {
        let [one, two, three] = [version(&mut random), version(&mut random), version(&mut random)];
        assert!(serves(&one, &one));
        assert!(one == two || !(serves(&one, &two) && serves(&two, &one)), "{one} {two}");
        if serves(&one, &two) && serves(&two, &three) {
            assert!(serves(&one, &three), "{one} {two} {three}");
            served += 1;
        }
        if one != two && one.contains(['-', '+']) {
            assert!(!serves(&one, &two) && !serves(&two, &one), "{one} {two}");
        }
    }
    assert!(served > 100, "{served} served: the versions say nothing");
}

#[test]
fn a_name_is_its_path_and_its_version() {
    let mut random = Random::new(0x4a3e);
    for _ in 0..10_000 {
        let name = random.list(6, |random| random.pick(&["a", ":", "/", "@", "0.1.0", "ä", ""])).concat();
        let parts = parse_interface_name(&name);
        assert!(!parts.path.contains('@'));
        let joined = if name.contains('@') { format!("{}@{}", parts.path, parts.version) } else { parts.path.into() };
        assert_eq!(joined, name);
    }
}
