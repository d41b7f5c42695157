//! Who asks: the user of a request's bearer token (`apiserver/pkg/authentication`).

use super::live::Live;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use kubestep::api::{Reason, Request, Status, User, kinds};
use kubestep::http;
use kubestep::json;
use kubestep::json::Str;
use std::path::Path;
use std::sync::Arc;

/// What the server knows of its users.
pub struct Identity {
    /// Who shows this is the administrator.
    pub admin: Option<String>,
    /// Who shows nothing is nobody; otherwise the administrator.
    pub wanted: bool,
}

impl Identity {
    /// Says in a request who asks; or why nobody may.
    pub fn of(&self, live: &Live, headers: &HeaderMap, request: &mut http::Request) -> Result<(), Status> {
        let user = match bearer(headers) {
            Some(token) if self.admin.as_ref().is_some_and(|admin| same(token, admin)) => None,
            Some(token) => Some(Arc::new(reviewed(live, token)?)),
            None if self.wanted => Some(Arc::new(User::anonymous())),
            None => None,
        };
        request.user = User::acting(user, request.user.take());
        Ok(())
    }
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut words = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split(' ');
    let scheme = words.next()?;
    words.next().filter(|token| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
}

/// Compares without telling by its time how much was right.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

/// The user of a token.
fn reviewed(live: &Live, token: &str) -> Result<User, Status> {
    let review = json!({
        "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": { "token": token },
    });
    let answer = live.look(|api| api.call(Request::create(kinds::TOKENREVIEWS, review)));
    let status = answer.map(|answer| answer.body["status"].clone()).unwrap_or_default();
    if status["authenticated"].as_bool() == Some(true) {
        return Ok(User::from_json(&status["user"]));
    }
    Err(Status::new(Reason::Unauthorized, "Unauthorized"))
}

/// The users of a file as `--token-auth-file` has it: a line `token,user,uid,"group1,group2"` for each.
pub fn users(path: &Path) -> Result<Vec<(Str, User)>, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| format!("open {shown}: {e}"))?;
    let mut users: Vec<(Str, User)> = Vec::new();
    for record in text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(fields) {
        let [token, name, uid, more @ ..] = record.as_slice() else {
            let count = record.len();
            return Err(format!(
                "token file '{shown}' must have at least 3 columns (token, user name, user uid), found {count}"
            ));
        };
        // Of two lines with one token the last one counts, and none without.
        users.retain(|(known, _)| known.as_str() != token);
        if !token.is_empty() {
            let groups =
                more.first().map(|groups| groups.split(',').map(Str::from).collect()).unwrap_or_default();
            let user =
                User { name: name.as_str().into(), uid: uid.as_str().into(), groups, ..User::default() };
            users.push((token.as_str().into(), user));
        }
    }
    Ok(users)
}

/// The fields of a line of CSV; one in quotes may hold commas, and quotes that are doubled.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    fields.push(field);
    fields
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn groups_stand_in_quotes() {
        assert_eq!(fields(r#"t0k3n,ada,,"dev,""ops""#), ["t0k3n", "ada", "", "dev,\"ops"]);
    }
}
