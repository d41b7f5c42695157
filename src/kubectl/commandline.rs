//! The shell's part of a command line: quotes, here-documents, pipes, `;` and `&&`.
//!
//! A small subset, so that lines from tutorials can be typed as they stand. Only a here-document without quotes
//! is expanded (`here_document`).

/// A stage of a pipeline.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Stage {
    /// The command and its arguments.
    pub words: Vec<String>,
    /// What a here-document gives it to read.
    pub stdin: Option<HereDocument>,
}

/// The lines between `<<MARK` and the mark.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct HereDocument {
    /// The mark; the text, once it has been found.
    pub text: String,
    /// Whether the mark has no quotes, so that `$` in the text means something.
    pub expands: bool,
    /// `<<-`: tabs at the beginning of lines do not count.
    strips: bool,
}

/// When a pipeline runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum When {
    /// In any case: the first one, and one after `;`.
    Always,
    /// After `&&`.
    Success,
    /// After `||`.
    Failure,
}

/// A pipeline.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pipeline {
    /// When it runs.
    pub when: When,
    /// Its stages.
    pub stages: Vec<Stage>,
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Pipe,
    Then(When),
    HereDocument(HereDocument),
}

/// Splits a line. The error is a shell's.
pub(super) fn split(line: &str) -> Result<Vec<Pipeline>, String> {
    let mut pipelines = Vec::new();
    let mut pipeline = Pipeline { when: When::Always, stages: Vec::new() };
    let mut stage = Stage::default();
    for token in tokens(line)? {
        match token {
            Token::Word(word) => stage.words.push(word),
            Token::HereDocument(text) => stage.stdin = Some(text),
            Token::Pipe => {
                if stage.words.is_empty() {
                    return Err("syntax error near unexpected token `|'".into());
                }
                pipeline.stages.push(std::mem::take(&mut stage));
            }
            Token::Then(when) => {
                if !stage.words.is_empty() {
                    pipeline.stages.push(std::mem::take(&mut stage));
                }
                let next = Pipeline { when, stages: Vec::new() };
                let done = std::mem::replace(&mut pipeline, next);
                if !done.stages.is_empty() {
                    pipelines.push(done);
                }
            }
        }
    }
    if !stage.words.is_empty() {
        pipeline.stages.push(stage);
    }
    if !pipeline.stages.is_empty() {
        pipelines.push(pipeline);
    }
    Ok(pipelines)
}

fn tokens(line: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.char_indices().peekable();
    // The here-documents announced on this line: their end marks.
    let mut marks: Vec<usize> = Vec::new();
    let mut expected: Option<HereDocument> = None;
    macro_rules! end_word {
        () => {
            if let Some(w) = word.take() {
                out.push(match expected.take() {
                    Some(document) => {
                        marks.push(out.len());
                        Token::HereDocument(HereDocument { text: w, ..document })
                    }
                    None => Token::Word(w),
                });
            }
        };
    }
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' | '"' => {
                expected.iter_mut().for_each(|document| document.expands = false);
                let text = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        None => return Err(format!("unexpected EOF while looking for matching `{c}'")),
                        Some((_, q)) if q == c => break,
                        Some((_, '\\')) if c == '"' => match chars.next() {
                            Some((_, e @ ('"' | '\\' | '$' | '`'))) => text.push(e),
                            Some((_, '\n')) | None => {}
                            Some((_, e)) => text.extend(['\\', e]),
                        },
                        Some((_, other)) => text.push(other),
                    }
                }
            }
            '\\' => match chars.next() {
                Some((_, '\n')) | None => {}
                Some((_, e)) => {
                    expected.iter_mut().for_each(|document| document.expands = false);
                    word.get_or_insert_default().push(e);
                }
            },
            ' ' | '\t' => end_word!(),
            '\n' => {
                end_word!();
                if marks.is_empty() {
                    out.push(Token::Then(When::Always));
                    continue;
                }
                let mut rest = &line[at + 1..];
                for mark in marks.drain(..) {
                    let Token::HereDocument(document) = &mut out[mark] else { continue };
                    rest = document.take(rest);
                }
                let skip_to = line.len() - rest.len();
                while chars.peek().is_some_and(|(i, _)| *i < skip_to) {
                    chars.next();
                }
                out.push(Token::Then(When::Always));
            }
            '|' => {
                end_word!();
                let double = chars.next_if(|(_, c)| *c == '|').is_some();
                out.push(if double { Token::Then(When::Failure) } else { Token::Pipe });
            }
            ';' => {
                end_word!();
                out.push(Token::Then(When::Always));
            }
            '&' if chars.next_if(|(_, c)| *c == '&').is_some() => {
                end_word!();
                out.push(Token::Then(When::Success));
            }
            '<' if chars.next_if(|(_, c)| *c == '<').is_some() => {
                end_word!();
                let strips = chars.next_if(|(_, c)| *c == '-').is_some();
                expected = Some(HereDocument { text: String::new(), expands: true, strips });
            }
            '<' | '>' if word.is_none() => return Err(format!("`{c}' is not supported here")),
            '#' if word.is_none() => while chars.next_if(|(_, c)| *c != '\n').is_some() {},
            other => word.get_or_insert_default().push(other),
        }
    }
    end_word!();
    // The text of a here-document that nobody has begun is empty.
    for mark in marks {
        out[mark] = Token::HereDocument(HereDocument::default());
    }
    Ok(out)
}

impl HereDocument {
    /// Takes the lines up to the mark; gives what follows.
    fn take<'a>(&mut self, rest: &'a str) -> &'a str {
        let mark = std::mem::take(&mut self.text);
        let mut at = 0;
        for line in rest.split_inclusive('\n') {
            at += line.len();
            let line = if self.strips { line.trim_start_matches('\t') } else { line };
            if line.trim_end_matches('\n') == mark {
                return &rest[at..];
            }
            self.text.push_str(line);
        }
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let stage = |s: &Stage| {
            format!(
                "{}{}",
                s.words.join("·"),
                s.stdin.as_ref().map_or(String::new(), |i| {
                    format!(" ← {:?}{}", i.text, if i.expands { " $" } else { "" })
                })
            )
        };
        match split(line) {
            Err(e) => e,
            Ok(all) => {
                let pipeline = |p: &Pipeline| p.stages.iter().map(stage).collect::<Vec<_>>().join(" | ");
                all.iter().map(pipeline).collect::<Vec<_>>().join(" ; ")
            }
        }
    }

    #[test]
    fn splits_as_a_shell_does() {
        let cases = [
            ("kubectl get pods", "kubectl·get·pods"),
            (r#"a 'b c' "d\"e" f\ g"#, "a·b c·d\"e·f g"),
            ("a -o jsonpath='{.a}{\"\\n\"}'", "a·-o·jsonpath={.a}{\"\\n\"}"),
            ("a | grep x && b; c", "a | grep·x ; b ; c"),
            ("kubectl apply -f - <<EOF\na: 1\nEOF\n", "kubectl·apply·-f·- ← \"a: 1\\n\" $"),
            ("kubectl apply -f - <<EOF", "kubectl·apply·-f·- ← \"\""),
            (
                "cat <<'E' | kubectl apply -f -\n$a\nE\nkubectl get cm",
                "cat ← \"$a\\n\" | kubectl·apply·-f·- ; kubectl·get·cm",
            ),
            ("cat <<-\\E\n\t$a\n\tE\nls", "cat ← \"$a\\n\" ; ls"),
            ("a 'b", "unexpected EOF while looking for matching `''"),
            ("a # b", "a"),
            ("'size>2' size>2", "size>2·size>2"),
        ];
        for (line, expected) in cases {
            assert_eq!(shown(line), expected, "{line}");
        }
    }
}
