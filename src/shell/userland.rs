//! The programs an image holds: which shell answers to `sh`, whose tools, which servers.

use super::server::Server;

/// A shell's own ways: what it accepts beyond POSIX, and its error messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// busybox ash (busybox, alpine)
    Ash,
    /// dash (`sh` on Debian and Ubuntu)
    Dash,
    /// bash
    Bash,
}

/// Whose small tools an image has; they differ in their messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tools {
    /// None: an image with a single static program.
    None,
    /// busybox
    Busybox,
    /// GNU coreutils and friends
    Gnu,
}

/// What runs when a program is started. The list is closed, so that the simulation never claims more than it does.
#[derive(Debug, Clone, Copy)]
pub enum Executable {
    /// A shell, interpreted.
    Shell(Dialect),
    /// One of the small tools.
    Applet,
    /// Perl: a few one-liners only.
    Perl,
    /// Something that starts up, serves, and stops.
    Server(&'static Server),
    /// A program that whoever owns the machine runs; whether it reads its input follows from its words.
    Outside(fn(&[Vec<u8>]) -> bool),
    /// A program of the image that is known but not simulated: says so and exits 1.
    NotSimulated,
}

/// The programs of an image.
#[derive(Debug, Clone, Copy)]
pub struct Userland {
    /// What answers to `sh`.
    pub sh: Option<Dialect>,
    /// `bash` is there too.
    pub bash: bool,
    /// Whose tools.
    pub tools: Tools,
    /// The image's own programs, by name.
    pub programs: &'static [(&'static str, Executable)],
}

impl Userland {
    /// busybox and nothing else.
    pub const BUSYBOX: Userland =
        Userland { sh: Some(Dialect::Ash), bash: false, tools: Tools::Busybox, programs: &[] };

    /// What `name`, without a directory, stands for.
    pub fn lookup(&self, name: &str) -> Option<Executable> {
        if let Some((_, found)) = self.programs.iter().find(|(program, _)| *program == name) {
            return Some(*found);
        }
        match name {
            "sh" => return self.sh.map(Executable::Shell),
            "ash" if self.tools == Tools::Busybox => return self.sh.map(Executable::Shell),
            "dash" if self.sh == Some(Dialect::Dash) => return self.sh.map(Executable::Shell),
            "bash" if self.bash => return Some(Executable::Shell(Dialect::Bash)),
            _ => {}
        }
        let known = self.tools != Tools::None && super::applets::exists(name, self.tools);
        known.then_some(Executable::Applet)
    }
}
