//! `-o go-template` (Go's `text/template`): text with `{{…}}` in it: fields, variables, pipelines, `if`, `with`, `range`, and
//! templates within the template.

mod eval;
mod functions;
mod parse;
mod printf;

use crate::json::Json;

/// A parsed template.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    nodes: Vec<Node>,
    /// What `define` and `block` name.
    named: Named,
    source: String,
    /// Whether a key that is not there is a mistake.
    strict: bool,
}

/// Templates within a template, by their names; the last of a name counts.
type Named = Vec<(String, Vec<Node>)>;

#[derive(Clone, Debug)]
enum Node {
    Text(String),
    /// A value that is printed, unless it only sets a variable.
    Action(Pipeline),
    Control {
        kind: Control,
        pipeline: Pipeline,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    /// A named template, run on the value of a command.
    Template {
        name: String,
        pipeline: Option<Pipeline>,
        /// Where it stands, as a command whose words are not looked at.
        place: Command,
    },
    Break,
    Continue,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Control {
    If,
    With,
    Range,
}

/// Commands, each given the result of the one before it as its last argument.
#[derive(Clone, Debug, Default)]
struct Pipeline {
    /// The variables that take its value: `$k, $v := `.
    variables: Vec<String>,
    /// They exist already: `$v = `.
    assigns: bool,
    commands: Vec<Command>,
}

#[derive(Clone, Debug)]
struct Command {
    words: Vec<Operand>,
    /// Where it stands, for messages.
    line: usize,
    column: usize,
    source: String,
}

#[derive(Clone, Debug)]
enum Operand {
    /// `.a.b`
    Field(Vec<String>),
    /// `$x.a`
    Variable(String, Vec<String>),
    Literal(Json),
    Function(String),
    /// `(…).a`
    Nested(Pipeline, Vec<String>),
}

impl Template {
    /// Reads a template.
    pub fn parse(source: &str, strict: bool) -> Result<Template, String> {
        let (nodes, named) = parse::parse(source).map_err(|(line, why)| {
            format!("error parsing template {source}, template: output:{line}: {why}")
        })?;
        Ok(Template { nodes, named, source: source.into(), strict })
    }

    /// Prints a tree through it. A failure comes with what was printed, and what helps to find it.
    pub fn print(&self, root: &Json) -> Result<String, (String, String)> {
        let (mut out, result) = eval::run(&self.nodes, &self.named, root, self.strict);
        match result {
            Ok(()) => Ok(out),
            Err(why) => {
                out.push_str(&format!(
                    "Error executing template: {why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{}\n\traw data was:\n\t\t{root}\n\tobject given to template engine was:\n\t\t{}\n\n",
                    self.source,
                    super::go_value(root)
                ));
                Err((out, format!("error executing template {:?}: {why}", self.source)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Template;
    use crate::json;

    #[test]
    fn prints_as_go_does() {
        let root = json!({
            "data": { "a": "1", "my.cnf": "x" }, "list": ["p", "q"], "n": 3, "none": null, "b64": "aGk=", "on": true,
        });
        let cases = [
            ("{{range $k, $v := .data}}{{$k}}={{$v}};{{end}}", "a=1;my.cnf=x;"),
            ("{{range .list}}[{{.}}]{{else}}none{{end}}{{range .none}}x{{else}}none{{end}}", "[p][q]none"),
            ("{{range $i, $e := .list}}{{if $i}},{{end}}{{$e}}{{end}}", "p,q"),
            ("{{index .data \"my.cnf\"}} {{len .data}} {{slice .data.a 1}}|{{.n}}", "x 2 |3"),
            ("{{.b64 | base64decode}} {{.nope}} {{.nope.deep}}", "hi <no value> <no value>"),
            ("{{if and .on (eq .data.a \"1\")}}yes{{else if .on}}maybe{{else}}no{{end}}", "yes"),
            ("{{with .nope}}a{{else with .data}}{{.a}}{{end}} {{- /* trimmed */ -}}  !", "1!"),
            (
                "{{printf \"%s-%d %q %v\" .data.a 7 `r` .list}} {{print 1 2 \"x\" \"y\"}}",
                "1-7 \"r\" [p q] 1 2xy",
            ),
            (
                "{{$x := .n}}{{range .list}}{{$x = .}}{{end}}{{$x}} {{.data}} {{not .on}}",
                "q map[a:1 my.cnf:x] false",
            ),
            ("{{range .list}}{{if eq . \"q\"}}{{break}}{{end}}{{.}}{{end}}{{\"\\n\"}}", "p\n"),
            ("{{exists . \"data\" \"a\"}} {{lt 1 2}} {{ne .n 4}} {{or .none \"d\"}}", "true true true d"),
        ];
        for (template, expected) in cases {
            let printed = Template::parse(template, false).map(|t| t.print(&root));
            assert_eq!(printed, Ok(Ok(expected.to_string())), "{template}");
        }
        let wrong = [
            ("{{.a", "error parsing template {{.a, template: output:1: unclosed action"),
            (
                "{{foo .a}}",
                "error parsing template {{foo .a}}, template: output:1: function \"foo\" not defined",
            ),
            ("{{if .a}}", "error parsing template {{if .a}}, template: output:1: unexpected EOF"),
            ("{{end}}", "error parsing template {{end}}, template: output:1: unexpected {{end}}"),
            ("{{$x}}", "error parsing template {{$x}}, template: output:1: undefined variable \"$x\""),
            (
                "{{eq .n 3.0}}",
                "error executing template \"{{eq .n 3.0}}\": template: output:1:2: executing \"output\" at <eq .n 3.0>: error calling eq: incompatible types for comparison: int64 and float64",
            ),
            (
                "{{.data.a.b}}",
                "error executing template \"{{.data.a.b}}\": template: output:1:7: executing \"output\" at <.data.a.b>: can't evaluate field b in type interface {}",
            ),
        ];
        for (template, expected) in wrong {
            let why = match Template::parse(template, false) {
                Err(why) => why,
                Ok(t) => t.print(&root).expect_err(template).1,
            };
            assert_eq!(why, expected, "{template}");
        }
    }
}
