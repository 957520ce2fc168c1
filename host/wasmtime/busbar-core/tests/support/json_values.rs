//! Values as JSON, which are the same on every engine.

use serde_json::{Value, json};

/// The types of these values, beside WIT's own.
const TYPES: &str = "
    record point { left-edge: u8, note: option<string> }
    variant shape { dot, circle(u32) }
    enum colour { red, dark-green }
    flags rights { may-read, may-write }
    resource thing;
";

/// A world that imports a function, the only one, which takes a value of a type, by the text of that in WIT.
pub fn world_with(text: &str) -> String {
    format!(
        "package test:types;
        interface types {{
            {TYPES}
            take: func(value: {text});
        }}
        world types-only {{ import types; }}"
    )
}

/// What comes back of a value of a type, by its text in WIT, that went in.
pub type RoundTrip<'a> = &'a dyn Fn(&str, &Value) -> Result<Value, String>;

pub fn values_of_every_type_come_back_as_they_went_in(round_trip: RoundTrip<'_>) {
    let cases = [
        ("bool", json!(true)),
        ("s8", json!(-128)),
        ("u8", json!(255)),
        ("s16", json!(-32_768)),
        ("u16", json!(65_535)),
        ("s32", json!(i32::MIN)),
        ("u32", json!(u32::MAX)),
        ("s64", json!(-9_007_199_254_740_991_i64)),
        ("u64", json!(9_007_199_254_740_991_u64)),
        ("f32", json!(0.5)),
        ("f64", json!(0.1)),
        ("char", json!("é")),
        ("string", json!("text")),
        ("list<u8>", json!([1, 2])),
        ("tuple<u8, string>", json!([1, "a"])),
        ("point", json!({ "leftEdge": 1, "note": "n" })),
        ("shape", json!({ "tag": "dot" })),
        ("shape", json!({ "tag": "circle", "val": 3 })),
        ("colour", json!("dark-green")),
        ("rights", json!({ "mayRead": false, "mayWrite": true })),
        ("option<u8>", json!(null)),
        ("option<u8>", json!(1)),
        ("option<option<u8>>", json!({ "tag": "none" })),
        ("option<option<u8>>", json!({ "tag": "some", "val": 1 })),
        ("result<u8, string>", json!({ "tag": "ok", "val": 1 })),
        ("result<u8, string>", json!({ "tag": "err", "val": "e" })),
        ("result", json!({ "tag": "err" })),
    ];
    for (text, json) in cases {
        assert_eq!(round_trip(text, &json), Ok(json), "{text}");
    }
}

pub fn what_json_says_in_another_way_is_the_same(round_trip: RoundTrip<'_>) {
    assert_eq!(round_trip("u8", &json!(2.0)), Ok(json!(2)));
    assert_eq!(round_trip("u64", &json!(u64::MAX)), Ok(json!(u64::MAX.to_string())), "too large to count to");
    assert_eq!(round_trip("s64", &json!(i64::MIN)), Ok(json!(i64::MIN.to_string())));
    assert_eq!(round_trip("point", &json!({ "leftEdge": 1 })), Ok(json!({ "leftEdge": 1 })));
    assert_eq!(round_trip("rights", &json!({})), Ok(json!({ "mayRead": false, "mayWrite": false })));
    assert_eq!(
        round_trip("option<option<u8>>", &json!({ "tag": "some" })),
        Ok(json!({ "tag": "some" })),
        "a none in a some"
    );
}

pub fn what_is_no_value_of_the_type_is_refused(round_trip: RoundTrip<'_>) {
    let cases = [
        ("u8", json!(256), "a value of type u8 is expected, and not number"),
        ("u8", json!(-1), "a value of type u8 is expected, and not number"),
        ("u8", json!(1.5), "a value of type u8 is expected, and not number"),
        ("s64", json!(1e300), "a value of type s64 is expected, and not number"),
        ("char", json!("ab"), "a value of type char is expected, and not string"),
        ("char", json!(""), "a value of type char is expected, and not string"),
        ("bool", json!(null), "a value of type bool is expected, and not null"),
        ("list<u8>", json!({}), "a value of type list<u8> is expected, and not object"),
        ("list<u16>", json!({}), "a value of type list is expected, and not object"),
        ("tuple<u8, u8>", json!([1]), "a value of type tuple is expected, and not object"),
        ("point", json!({ "left-edge": 1 }), "a value of type u8 is expected, and not null"),
        ("shape", json!({ "tag": "circle" }), "a value of type u32 is expected, and not null"),
        ("shape", json!({ "tag": "square" }), "a value of type variant is expected, and not object"),
        ("colour", json!("blue"), "a value of type enum is expected, and not string"),
        ("rights", json!(true), "a value of type flags is expected, and not boolean"),
        ("result", json!({ "tag": "maybe" }), "a value of type result is expected, and not object"),
        (
            "borrow<thing>",
            json!(0),
            "a parameter has to be another handle; this host has \"i2c\" and \"delay\" of this component to give",
        ),
    ];
    for (text, json, expected) in cases {
        assert_eq!(round_trip(text, &json), Err(expected.to_owned()), "{text}");
    }
}
