// What the package says of its types is what the element and the engine have: held by the compiler.
import { expectTypeOf, test } from "vitest";
import type * as said from "../../pkg/kubestep";
import type * as frame from "../../pkg/kubestep-frame";
import type { KubeStep } from "../src/element/kube-step";
import type { connect } from "../src/frame/host";
import type { RunEnd, RunUntil } from "../src/wasm/kubestep.js";

test("the package's types are the element's", () => {
  expectTypeOf<KubeStep>().toExtend<said.Api>();
  expectTypeOf<said.Until>().toEqualTypeOf<RunUntil>();
  expectTypeOf<said.End>().toEqualTypeOf<RunEnd | "stopped">();
  expectTypeOf<typeof connect>().toEqualTypeOf<typeof frame.connect>();
});
