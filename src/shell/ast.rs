//! The syntax tree of a shell script.
//!
//! Every node that a frame of the interpreter points at is behind an `Arc`, so that a suspended script costs a
//! few pointers to clone. The tree's depth is bounded by the parser ([`super::parser::MAX_DEPTH`]), hence dropping
//! it never recurses far.

use std::sync::Arc;

/// Commands separated by `;`, `&` or newlines.
#[derive(Debug, Default)]
pub struct List {
    /// In the order they are run.
    pub items: Vec<AndOr>,
}

/// `a && b || c`, perhaps in the background.
#[derive(Debug)]
pub struct AndOr {
    /// Each pipeline with the operator before it; the first one's operator is not looked at.
    pub chain: Vec<(Joint, Pipeline)>,
    /// Ended by `&`.
    pub background: bool,
}

/// What must hold of the status so far for the next pipeline of an [`AndOr`] to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// `! a | b | c`
#[derive(Debug)]
pub struct Pipeline {
    /// Began with `time`.
    pub timed: bool,
    /// Began with `!`.
    pub negated: bool,
    /// One or more.
    pub commands: Vec<Arc<Command>>,
}

/// One command with its redirections.
#[derive(Debug)]
pub struct Command {
    /// What it does.
    pub kind: CommandKind,
    /// Applied left to right before it runs.
    pub redirects: Vec<Redirect>,
    /// Line of the source it begins on, from 1.
    pub line: u32,
}

/// The kinds of commands.
#[derive(Debug)]
pub enum CommandKind {
    /// `A=b name args…`
    Simple {
        /// Assignments in front.
        assigns: Vec<(Box<[u8]>, Word)>,
        /// Name and arguments; may be empty.
        words: Vec<Word>,
    },
    /// `{ …; }`
    Group(Arc<List>),
    /// `( … )`
    Subshell(Arc<List>),
    /// `if … then … elif … else … fi`
    If {
        /// Condition and body of `if` and of each `elif`.
        branches: Vec<(Arc<List>, Arc<List>)>,
        /// `else`
        otherwise: Option<Arc<List>>,
    },
    /// `for name in words`; without `in`, the positional parameters.
    For {
        /// The variable.
        name: Box<[u8]>,
        /// What it takes in turn.
        words: Option<Vec<Word>>,
        /// The body.
        body: Arc<List>,
    },
    /// `while` and `until`
    While {
        /// It is `until`.
        until: bool,
        /// The condition.
        condition: Arc<List>,
        /// The body.
        body: Arc<List>,
    },
    /// `case word in pattern) … ;; esac`
    Case {
        /// What is matched.
        subject: Word,
        /// Patterns and body of each arm.
        arms: Vec<(Vec<Word>, Arc<List>)>,
    },
    /// `name() command`
    Function {
        /// Its name.
        name: Box<[u8]>,
        /// Its body, run at each call.
        body: Arc<Command>,
    },
}

/// A redirection: `fd op target`.
#[derive(Debug)]
pub struct Redirect {
    /// The descriptor it changes.
    pub fd: u32,
    /// What it becomes.
    pub kind: RedirectKind,
}

/// The kinds of redirections.
#[derive(Debug)]
pub enum RedirectKind {
    /// `< file`
    Read(Word),
    /// `> file`, `>| file`
    Write(Word),
    /// `>> file`
    Append(Word),
    /// `<> file`
    ReadWrite(Word),
    /// `>&n`, `<&n`, `>&-`
    Duplicate(Word),
    /// `&> file`: both standard output and standard error (bash and busybox).
    Both(Word),
    /// `<< END`, `<<- END`, `<<< word`; the body, newline included.
    Here(Word),
}

/// A word before expansion: parts side by side.
#[derive(Debug, Clone, Default)]
pub struct Word(pub Vec<Part>);

/// A part of a word.
#[derive(Debug, Clone)]
pub enum Part {
    /// Unquoted text: wildcards in it are active.
    Text(Box<[u8]>),
    /// Quoted text: stands for itself. May be empty, which still makes a field.
    Quoted(Box<[u8]>),
    /// `$name`, `${name…}`
    Parameter {
        /// Name, digit or special character.
        name: Box<[u8]>,
        /// What `${…}` does with it.
        action: Action,
        /// Inside double quotes: not split, not globbed.
        quoted: bool,
    },
    /// `$(…)`, backquotes
    Command {
        /// What is run.
        body: Arc<List>,
        /// Inside double quotes.
        quoted: bool,
    },
    /// `$((…))`
    Arithmetic {
        /// The expression, expanded before it is evaluated.
        expression: Arc<Word>,
        /// Inside double quotes.
        quoted: bool,
    },
}

/// What `${name…}` does. `colon`: an empty value counts as unset.
#[derive(Debug, Clone)]
pub enum Action {
    /// The value.
    Value,
    /// `${#name}`
    Length,
    /// `${name:-word}`
    Default(bool, Arc<Word>),
    /// `${name:=word}`
    Assign(bool, Arc<Word>),
    /// `${name:+word}`
    Alternative(bool, Arc<Word>),
    /// `${name:?word}`
    Require(bool, Arc<Word>),
    /// `${name#pattern}`, longest match with `##`
    TrimStart(bool, Arc<Word>),
    /// `${name%pattern}`, longest match with `%%`
    TrimEnd(bool, Arc<Word>),
    /// `${name:offset:length}` (bash and busybox)
    Slice(Arc<Word>, Option<Arc<Word>>),
    /// `${name/pattern/text}`, every match with `//` (bash and busybox)
    Replace(bool, Arc<Word>, Arc<Word>),
}
