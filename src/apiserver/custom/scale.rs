//! The subresource `scale` of custom kinds, whose definition says where the numbers stand (`registry/customresource/etcd.go`,
//! `ScaleREST`).

use crate::json::{Json, Str};

/// What stands at a path such as `.spec.replicas`.
pub fn at<'o>(object: &'o Json, path: &str) -> &'o Json {
    path.trim_start_matches('.').split('.').fold(object, |json, key| &json[key])
}

/// The object with another value there.
pub fn set(object: &mut Json, path: &str, value: Json) {
    fn put(object: &mut Json, path: &[&str], value: Json) {
        match path {
            [] => *object = value,
            [key, rest @ ..] => put(object.object_mut().slot(Str::from(*key)), rest, value),
        }
    }
    let path: Vec<&str> = path.trim_start_matches('.').split('.').collect();
    put(object, &path, value);
}
