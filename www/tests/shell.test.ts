// When the terminal runs what was typed, and when it waits for more.
import { expect, test } from "vitest";
import { unfinished } from "../src/app/shell";

test.each([
  ["kubectl get pods", false],
  ["kubectl apply -f - <<EOF", true],
  ["kubectl apply -f - <<EOF\na: 1", true],
  ["kubectl apply -f - <<EOF\na: 1\nEOF", false],
  ["kubectl apply -f - <<'EOF'\na: it's\nEOF\n", false],
  ["kubectl apply -f - <<-EOF\n\ta: 1\n\tEOF", false],
  ["cat <<A | kubectl apply -f - <<B\n1\nA\n2", true],
  ["kubectl get cm -o jsonpath='{.data}", true],
  ["kubectl get cm -o jsonpath='{.data}{\"\\n\"}'", false],
  ["kubectl get \\", true],
  ["kubectl get \\\npods", false],
  ["echo \"<<EOF\"", false],
  ["# it's a comment", false],
])("%j goes on: %s", (text, expected) => {
  expect(unfinished(text)).toBe(expected);
});
