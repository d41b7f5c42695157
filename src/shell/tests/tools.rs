//! The small tools, by what they print.

use super::check;

#[test]
fn tools() {
    check(
        "sh",
        &[
            (
                "printf '%s-%d-%5.2f|%-5s|%05d|%x\\n' a 5 3.14159 ab 42 255",
                "a-5- 3.14|ab   |00042|ff\n",
                "",
                0,
                0,
            ),
            ("echo -e 'a\\tb'; echo -n x", "a\tb\nx", "", 0, 0),
            ("seq 3; seq 2 2 6; seq -s, 3", "1\n2\n3\n2\n4\n6\n1,2,3\n", "", 0, 0),
            (
                "date; date +%s; date -u +%Y-%m-%dT%H:%M:%SZ",
                "Mon Nov 23 09:48:19 UTC 2026\n1795427299\n2026-11-23T09:48:19Z\n",
                "",
                0,
                0,
            ),
            ("hostname; whoami; id -u; uname", "pod-1\nroot\n0\nLinux\n", "", 0, 0),
            ("head -n 2 /etc/motd; tail -n 1 /etc/motd; wc -l < /etc/motd", "one\ntwo\nthree\n3\n", "", 0, 0),
            (
                "grep -n o /etc/motd; grep -c '^t' /etc/motd; grep -v o /etc/motd; grep -E 'e{2}|tw' /etc/motd",
                "1:one\n2:two\n2\nthree\ntwo\nthree\n",
                "",
                0,
                0,
            ),
            ("grep -q nope /etc/motd || echo none", "none\n", "", 0, 0),
            (
                "sed 's/o/0/g;2d' /etc/motd; sed -n '$p' /etc/motd; echo ab | sed -E 's/(a)(b)/\\2\\1/'",
                "0ne\nthree\nthree\nba\n",
                "",
                0,
                0,
            ),
            ("printf 'b\\na\\nb\\n' | sort | uniq -c | sort -rn", "      2 b\n      1 a\n", "", 0, 0),
            (
                "echo a:b:c | cut -d: -f2,3; echo hello | tr a-y b-z; echo Hi | tr '[:upper:]' '[:lower:]'",
                "b:c\nifmmp\nhi\n",
                "",
                0,
                0,
            ),
            ("echo hello | base64; echo aGVsbG8K | base64 -d", "aGVsbG8K\nhello\n", "", 0, 0),
            (
                "basename /a/b.txt .txt; dirname /a/b; expr 1 + 2 \\* 3; expr abc : 'a\\(.\\)'",
                "b\n/a\n7\nb\n",
                "",
                0,
                0,
            ),
            (
                "mkdir -p /tmp/a/b; echo hi > /tmp/a/b/c; cp -r /tmp/a /tmp/d; cat /tmp/d/b/c; mv /tmp/d /tmp/e; ls /tmp; rm -r /tmp/e; find /tmp",
                "hi\na\ne\n/tmp\n/tmp/a\n/tmp/a/b\n/tmp/a/b/c\n",
                "",
                0,
                0,
            ),
            (
                "echo a > /tmp/f; echo b >> /tmp/f; cat /tmp/f | tee /tmp/g; cmp=$(cat /tmp/g); echo \"$cmp\"",
                "a\nb\na\nb\n",
                "",
                0,
                0,
            ),
            ("yes | head -n 2; seq 1000 | tail -n 1", "y\ny\n1000\n", "", 0, 0),
            (
                "test -f /etc/motd && [ -d /etc ] && [ ! -e /x ] && [ a != b -a 2 -gt 1 ] && echo ok",
                "ok\n",
                "",
                0,
                0,
            ),
            ("seq 4 | xargs -n 2 echo; echo x | xargs -I{} echo a{}b", "1 2\n3 4\naxb\n", "", 0, 0),
            ("timeout 2 sleep 10; echo $?", "143\n", "", 0, 2000),
            (
                "cat >/tmp/s <<'EOF'\n#!/bin/sh\necho \"$0 $1\"\nfoo\nEOF\nchmod +x /tmp/s; /tmp/s arg",
                "/tmp/s arg\n",
                "/tmp/s: line 3: foo: not found\n",
                127,
                0,
            ),
            (
                "echo err >/dev/null; ls -l /etc/motd",
                "-rw-r--r--    1 root     root            14 Jan  1  1970 /etc/motd\n",
                "",
                0,
                0,
            ),
            ("ln -s motd /etc/l; cat /etc/l; readlink /etc/l", "one\ntwo\nthree\nmotd\n", "", 0, 0),
            ("i=0; while true; do i=$((i+1)); echo $i; done | head -n 3", "1\n2\n3\n", "", 0, 0),
        ],
    );
}
