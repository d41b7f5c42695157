//! An expression of CEL: read, checked, and evaluated over an object.
#![no_main]

use kubestep::cel::{Program, Type, dynamic};
use kubestep::json::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let object = parse(r#"{"a":{"b":[1,2.5,"x",null,true]},"s":"2024-01-01T00:00:00Z","n":9223372036854775807,"m":{"k":"v"}}"#);
    let variables = [("self", Type::Dyn), ("object", Type::Dyn), ("x", Type::Int), ("s", Type::Str)];
    if let Ok(program) = Program::compile(text, &variables) {
        let object = dynamic(&object.expect("JSON"));
        let values = [
            ("self", object.clone()),
            ("object", object),
            ("x", dynamic(&5.into())),
            ("s", dynamic(&"abc".into())),
        ];
        let _ = program.eval(&values);
    }
});
