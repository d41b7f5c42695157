//! [`json!`](crate::json!): a value written as it prints.

use super::{Json, Str};

/// Appends a field. For [`json!`](crate::json!): a call in place of the appending itself at each of the many fields that are
/// written out in the program.
#[doc(hidden)]
#[inline(never)]
pub fn field(entries: &mut Vec<(Str, Json)>, key: &'static str, value: Json) {
    entries.push((Str::fixed(key), value));
}

/// Builds a [`Json`](crate::json::Json) from a literal. Keys are string literals; any other value is an expression
/// that converts into `Json`.
///
/// ```
/// use kubestep::json;
/// let name = "pi";
/// let job = json!({ "metadata": { "name": name }, "spec": { "completions": 3, "args": ["a", "b"] } });
/// assert_eq!(job["metadata"]["name"].str(), "pi");
/// ```
#[macro_export]
macro_rules! json {
    (@object $o:ident) => {};
    (@object $o:ident $key:literal : { $($v:tt)* } $(, $($rest:tt)*)?) => {
        $crate::json::field(&mut $o, $key, $crate::json!({ $($v)* }));
        $crate::json!(@object $o $($($rest)*)?);
    };
    (@object $o:ident $key:literal : [ $($v:tt)* ] $(, $($rest:tt)*)?) => {
        $crate::json::field(&mut $o, $key, $crate::json!([ $($v)* ]));
        $crate::json!(@object $o $($($rest)*)?);
    };
    (@object $o:ident $key:literal : null $(, $($rest:tt)*)?) => {
        $crate::json::field(&mut $o, $key, $crate::json::Json::Null);
        $crate::json!(@object $o $($($rest)*)?);
    };
    (@object $o:ident $key:literal : $v:expr $(, $($rest:tt)*)?) => {
        $crate::json::field(&mut $o, $key, $crate::json::Json::from($v));
        $crate::json!(@object $o $($($rest)*)?);
    };
    (@array $a:ident) => {};
    (@array $a:ident { $($v:tt)* } $(, $($rest:tt)*)?) => {
        $a.push($crate::json!({ $($v)* }));
        $crate::json!(@array $a $($($rest)*)?);
    };
    (@array $a:ident [ $($v:tt)* ] $(, $($rest:tt)*)?) => {
        $a.push($crate::json!([ $($v)* ]));
        $crate::json!(@array $a $($($rest)*)?);
    };
    (@array $a:ident null $(, $($rest:tt)*)?) => {
        $a.push($crate::json::Json::Null);
        $crate::json!(@array $a $($($rest)*)?);
    };
    (@array $a:ident $v:expr $(, $($rest:tt)*)?) => {
        $a.push($crate::json::Json::from($v));
        $crate::json!(@array $a $($($rest)*)?);
    };
    (null) => { $crate::json::Json::Null };
    ({}) => { $crate::json::Json::object() };
    ([]) => { $crate::json::Json::Array(Default::default()) };
    ({ $($body:tt)+ }) => {{
        let mut entries = Vec::new();
        $crate::json!(@object entries $($body)+);
        $crate::json::Json::Object($crate::json::Object::of(entries))
    }};
    ([ $($body:tt)+ ]) => {{
        #[allow(clippy::vec_init_then_push)]
        let array = {
            let mut array: Vec<$crate::json::Json> = Vec::new();
            $crate::json!(@array array $($body)+);
            array
        };
        $crate::json::Json::from(array)
    }};
    ($v:expr) => { $crate::json::Json::from($v) };
}
