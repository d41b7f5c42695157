//! What a program can ask about where it runs: `date`, `hostname`, `id`, `uname`, names of paths.

use super::{Call, Outcome};
use crate::shell::{calendar, start};

pub(super) fn pwd(call: &mut Call) -> Outcome {
    let text = format!("{}\n", call.task.cwd);
    call.out(&text);
    Outcome::Done(0)
}

pub(super) fn date(call: &mut Call) -> Outcome {
    let mut format = String::from("%a %b %e %H:%M:%S UTC %Y");
    let mut time = call.cx.now;
    let args = call.strings();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let given = arg.strip_prefix("--date=").or(arg.strip_prefix("-d").filter(|rest| !rest.is_empty()));
        let given = if arg == "-d" { args.next().map(String::as_str) } else { given };
        if let Some(given) = given {
            match calendar::parse(given) {
                Some(found) => time = found,
                None => return call.fail(&format!("invalid date '{given}'")),
            }
        } else if let Some(custom) = arg.strip_prefix('+') {
            format = custom.to_string();
        } else if let Some(precision) = arg.strip_prefix("-I").or(arg.strip_prefix("--iso-8601")) {
            let seconds = precision.trim_start_matches('=').starts_with('s');
            format = String::from(if seconds { "%Y-%m-%dT%H:%M:%S+00:00" } else { "%Y-%m-%d" });
        } else if arg == "-R" {
            format = String::from("%a, %d %b %Y %H:%M:%S +0000");
        } else if !matches!(arg.as_str(), "-u" | "--utc") {
            return call.fail(&format!("invalid date '{arg}'"));
        }
    }
    let text = calendar::format(time, &format);
    call.out(&format!("{text}\n"));
    Outcome::Done(0)
}

pub(super) fn hostname(call: &mut Call) -> Outcome {
    let text = format!("{}\n", call.cx.kernel.hostname);
    call.out(&text);
    Outcome::Done(0)
}

pub(super) fn id(call: &mut Call) -> Outcome {
    let (user, group) = (call.cx.kernel.user, call.cx.kernel.group);
    let name = |id: u32| if id == 0 { String::from("(root)") } else { String::new() };
    let text = match call.strings().first().map(String::as_str) {
        Some("-u") => user.to_string(),
        Some("-g") => group.to_string(),
        Some("-un") => return whoami(call),
        _ => format!("uid={user}{} gid={group}{} groups={group}{}", name(user), name(group), name(group)),
    };
    call.out(&format!("{text}\n"));
    Outcome::Done(0)
}

pub(super) fn whoami(call: &mut Call) -> Outcome {
    match call.cx.kernel.user {
        0 => {
            call.out("root\n");
            Outcome::Done(0)
        }
        user if call.gnu() => call.fail(&format!("cannot find name for user ID {user}")),
        user => call.fail(&format!("unknown uid {user}")),
    }
}

pub(super) fn uname(call: &mut Call) -> Outcome {
    let host = call.cx.kernel.hostname.to_string();
    let fields = [
        ('s', "Linux"),
        ('n', &*host),
        ('r', "6.12.0"),
        ('v', "#1 SMP"),
        ('m', "x86_64"),
        ('o', "GNU/Linux"),
    ];
    let flags: String = call.strings().concat().replace('-', "");
    let flags = if flags.is_empty() { String::from("s") } else { flags };
    let chosen: Vec<&str> = fields
        .iter()
        .filter(|(flag, _)| flags.contains(*flag) || flags.contains('a'))
        .map(|(_, text)| *text)
        .collect();
    call.out(&format!("{}\n", chosen.join(" ")));
    Outcome::Done(0)
}

pub(super) fn nproc(call: &mut Call) -> Outcome {
    call.out("4\n");
    Outcome::Done(0)
}

pub(super) fn which(call: &mut Call) -> Outcome {
    let mut status = 0;
    for name in call.strings() {
        match start::find(call.task, call.cx, &name) {
            Ok(start::Found::Script(path, _)) => call.out(&format!("{path}\n")),
            Ok(_) => call.out(&format!("/bin/{name}\n")),
            Err(_) => status = 1,
        }
    }
    Outcome::Done(status)
}

pub(super) fn basename(call: &mut Call) -> Outcome {
    let args = call.strings();
    let Some(path) = args.first() else { return call.fail("missing operand") };
    let trimmed = path.trim_end_matches('/');
    let name = trimmed.rsplit('/').next().unwrap_or("");
    let mut name = if name.is_empty() && !path.is_empty() { "/" } else { name };
    if let Some(cut) = args.get(1).and_then(|suffix| name.strip_suffix(suffix.as_str()))
        && !cut.is_empty()
    {
        name = cut;
    }
    call.out(&format!("{name}\n"));
    Outcome::Done(0)
}

pub(super) fn dirname(call: &mut Call) -> Outcome {
    for path in call.strings() {
        let trimmed = path.trim_end_matches('/');
        let dir = match trimmed.rfind('/') {
            Some(0) => "/",
            Some(at) => trimmed[..at].trim_end_matches('/'),
            None if path.starts_with('/') => "/",
            None => ".",
        };
        call.out(&format!("{dir}\n"));
    }
    Outcome::Done(0)
}
