//! `--as`, `--as-group`, `--as-uid`, `--as-user-extra`: all that a command asks is asked as somebody else
//! (`client-go/transport`, `ImpersonationConfig`).

use super::failure::Failure;
use crate::api::User;
use crate::json::{Json, Str};
use std::sync::Arc;

/// As whom the words of a command line want it to be asked.
pub(super) fn user(args: &[String]) -> Result<Option<Arc<User>>, Failure> {
    let own = || args.iter().take_while(|arg| *arg != "--");
    let values = |flag: &str| {
        let with_value = format!("{flag}=");
        let mut found: Vec<String> = Vec::new();
        let mut words = own();
        while let Some(word) = words.next() {
            if word == flag {
                found.extend(words.next().cloned());
            } else if let Some(value) = word.strip_prefix(&with_value) {
                found.push(value.into());
            }
        }
        found
    };
    let [names, groups, uids, extras] = ["--as", "--as-group", "--as-uid", "--as-user-extra"].map(values);
    let last = |list: &[String]| list.last().cloned().unwrap_or_default();
    let (name, uid) = (last(&names), last(&uids));
    if name.is_empty() {
        if groups.is_empty() && uid.is_empty() && extras.is_empty() {
            return Ok(None);
        }
        let why = "requesting uid, groups or user-extra without impersonating a user";
        return Err(Failure::error(why));
    }
    let mut extra = Json::Null;
    for (key, value) in extras.iter().filter_map(|pair| pair.split_once('=')) {
        let mut list = extra[key].items().to_vec();
        list.push(value.into());
        extra.set(Str::from(key), list);
    }
    Ok(Some(User::impersonated(&name, &uid, &groups, extra)))
}
